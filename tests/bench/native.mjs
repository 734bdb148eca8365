// Native ONNX Runtime in a process of its own, so that its threads and memory are not the harness's:
//   startNative() here, and the other end of it when this file is forked.
import { fork } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** { call(name, options), close() }. A call that fails rejects; the process stays. */
export function startNative() {
  const child = fork(fileURLToPath(import.meta.url), ['--serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = [];
  child.on('message', ({ result, error }) => {
    const { resolve, reject } = waiting.shift();
    if (error) reject(new Error(error));
    else resolve(result);
  });
  child.on('exit', (code) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`native ONNX Runtime ended: ${code}`))));
  return {
    call: (name, options) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.send({ name, options });
      }),
    close: () => child.disconnect(),
  };
}

/** Pixel files as a [1, 3, height, width] tensor: RGBA bytes of page.mjs's pictures. */
async function tensorOf(ort, { file, width, height, inputRange: [low, high], channelOrder }) {
  const data = await readFile(file);
  const plane = width * height;
  const floats = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; ++channel) {
    const from = channelOrder === 'bgr' ? 2 - channel : channel;
    for (let i = 0; i < plane; ++i) floats[channel * plane + i] = low + (data[4 * i + from] / 255) * (high - low);
  }
  return new ort.Tensor('float32', floats, [1, 3, height, width]);
}

async function serve() {
  const { default: ort } = await import('onnxruntime-node');
  const sessions = new Map();
  const feedsOf = async (session, picture) => ({ [session.inputNames[0]]: await tensorOf(ort, picture) });
  const load = (model, threads = 2) => ort.InferenceSession.create(model, { intraOpNumThreads: threads, logSeverityLevel: 3 });

  const calls = {
    /** Makes ready what `run` times. */
    async load({ key, model, threads, picture }) {
      const session = await load(model, threads);
      sessions.set(key, { session, feeds: await feedsOf(session, picture) });
    },
    async run({ key }) {
      const { session, feeds } = sessions.get(key);
      const began = performance.now();
      await session.run(feeds);
      return performance.now() - began;
    },
    /** Writes the painting's floats to a file; { width, height }. */
    async paint({ model, picture, output }) {
      const session = await load(model);
      const { data, dims } = (await session.run(await feedsOf(session, picture)))[session.outputNames[0]];
      await writeFile(output, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      await session.release();
      return { height: dims[2], width: dims[3] };
    },
    /** Shape, smallest and largest value of every output, over all pictures. */
    async ranges({ model, pictures }) {
      const session = await load(model);
      const found = {};
      for (const picture of pictures) {
        const feeds = await feedsOf(session, picture);
        for (const [name, { data, dims }] of Object.entries({ ...(await session.run(feeds)), ...feeds })) {
          const entry = (found[name] ??= { dims: dims.map(Number), range: [Infinity, -Infinity] });
          for (const value of data) {
            if (value < entry.range[0]) entry.range[0] = value;
            if (value > entry.range[1]) entry.range[1] = value;
          }
        }
      }
      await session.release();
      return found;
    },
  };
  // One at a time, in the order in which they come.
  let last = Promise.resolve();
  process.on('message', ({ name, options }) => {
    last = last.then(() => calls[name](options)).then(
      (result) => process.send({ result }),
      (error) => process.send({ error: String(error.message ?? error) }),
    );
  });
}

if (process.argv[2] === '--serve') await serve();
