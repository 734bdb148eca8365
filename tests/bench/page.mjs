// What runs in the page: contenders that paint the same picture, each timed as a page would use it. Ours is timed from RGBA
// to RGBA, the worker's messages included; ONNX Runtime from float tensor to float tensor, without what it takes to make
// the one from a picture and a picture from the other.
import { differingBytes } from './metrics.mjs';

const contenders = new Map();
const engines = new Map();
const pictures = new Map();
let brushwork;
let ort;

/** Options as JSON to a key of a map. */
const keyOf = (value) => JSON.stringify(value);
const remember = (map, key, make) => map.get(keyOf(key)) ?? (map.set(keyOf(key), make()), map.get(keyOf(key)));

/** Errors cross to the harness as values, since a row that cannot be had is no failure. */
async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    return { unavailable: `${error.code ? `${error.code}: ` : ''}${error.message ?? error}`.split('\n')[0] };
  }
}

/**
 * RGBA pixels of `url` at exactly this size, or at its own one but for at most `maxPixels`; without a URL of waves and noise:
 * timings hardly depend on what is seen.
 */
async function loadPicture({ url, width, height, maxPixels = Infinity }) {
  if (url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: status ${response.status}`);
    const photo = await createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
    const scale = Math.min(1, Math.sqrt(maxPixels / (photo.width * photo.height)));
    const canvas = new OffscreenCanvas(width ?? Math.floor(photo.width * scale), height ?? Math.floor(photo.height * scale));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    photo.close();
    return context.getImageData(0, 0, canvas.width, canvas.height);
  }
  const data = new Uint8ClampedArray(width * height * 4);
  let noise = 1;
  for (let i = 0; i < data.length; i += 4) {
    const [x, y] = [(i / 4) % width, Math.floor(i / 4 / width)];
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
    const wave = 128 + 60 * Math.sin(x / 37) * Math.cos(y / 53) + (noise >>> 27);
    data.set([wave, 255 - wave, (x + y) & 255, 255], i);
  }
  return new ImageData(data, width, height);
}
const pictureOf = (options) => remember(pictures, options, () => loadPicture(options));

async function engineOf(options) {
  brushwork ??= await import('/dist/index.js');
  return remember(engines, options, () => brushwork.Brushwork.create(options));
}

/** A built-in style's id, or a style from a model's URL. */
const styleOf = async (engine, { id, url, options }) => id ?? engine.styleFromModel(url, options);

async function ortSession(url, threads) {
  // The number of threads can be set once in a page's life.
  if (!ort) {
    ort = await import('/ort/ort.wasm.min.mjs');
    ort.env.wasm.wasmPaths = '/ort/';
    ort.env.wasm.numThreads = threads;
  }
  const response = await fetch(url);
  return ort.InferenceSession.create(new Uint8Array(await response.arrayBuffer()), { executionProviders: ['wasm'] });
}

/** RGBA bytes as a [1, 3, height, width] tensor. */
function tensorOf({ data, width, height }, { inputRange = [0, 1], channelOrder = 'rgb' } = {}) {
  const [low, high] = inputRange;
  const plane = width * height;
  const floats = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; ++channel) {
    const from = channelOrder === 'bgr' ? 2 - channel : channel;
    for (let i = 0; i < plane; ++i) floats[channel * plane + i] = low + (data[4 * i + from] / 255) * (high - low);
  }
  return new ort.Tensor('float32', floats, [1, 3, height, width]);
}

/**
 * Options that a package accepts but does not act on would give a row a name that it has not earned: this painting must be
 * another one than each of `others`, { what, style, stylize }.
 */
async function checkDiffers(engine, pixels, options, others) {
  if (others.length === 0) return;
  const { data } = await engine.stylize(pixels, options);
  for (const { what, style, stylize } of others) {
    const other = await engine.stylize(pixels, { ...stylize, style: await styleOf(engine, style) });
    if (differingBytes(data, other.data) === 0) throw new Error(`paints the same bytes as ${what}, so it is not what the row is about`);
  }
}

/** Makers of contenders: each resolves to a function that does the work once and resolves to what it measured. */
const makers = {
  /** `given`: without the time for measuring statistics, as for a video's next frame, which has them. */
  async ours({ engine: engineOptions, style, stylize = {}, picture, parallelism, differsFrom = [], given = false }) {
    const engine = await engineOf(engineOptions);
    if (parallelism && engine.backend.parallelism !== parallelism) {
      throw new Error(`the engine's parallelism is '${engine.backend.parallelism}' here, needed '${parallelism}'`);
    }
    const options = { ...stylize, style: await styleOf(engine, style) };
    const pixels = await pictureOf(picture);
    await checkDiffers(engine, pixels, options, differsFrom);
    return async () => {
      const began = performance.now();
      const { timings } = await engine.stylize(pixels, options);
      return performance.now() - began - (given ? timings.measure : 0);
    };
  },

  async ort({ url, threads, input, picture }) {
    const session = await ortSession(url, threads);
    const feeds = { [session.inputNames[0]]: tensorOf(await pictureOf(picture), input) };
    return async () => {
      const began = performance.now();
      await session.run(feeds);
      return performance.now() - began;
    };
  },

  /** Billions of multiply-adds a second, of all threads at once. */
  async peak({ kernel, threads }) {
    const workers = Array.from({ length: threads }, () => new Worker('/bench/peak-worker.mjs', { type: 'module' }));
    return async () => {
      const rates = workers.map(
        (worker) =>
          new Promise((resolve, reject) => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.onerror = ({ message }) => reject(new Error(message));
            worker.postMessage(kernel);
          }),
      );
      return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0);
    };
  },
};

window.bench = {
  attempt,
  pictureOf,
  engineOf,
  styleOf,
  isolated: crossOriginIsolated,

  /** Makes a contender, and lets it work once: what it does not support shows now. */
  add: (name, kind, options) =>
    attempt(async () => {
      const run = await makers[kind](options);
      await run();
      contenders.set(name, run);
      return {};
    }),
  run: (name) => contenders.get(name)(),

  /** From create() to the first painting. The package's own script is loaded before, as ONNX Runtime's is. */
  startOurs: ({ style, picture }) =>
    attempt(async () => {
      const pixels = await pictureOf(picture);
      const { Brushwork } = await import('/dist/index.js');
      const began = performance.now();
      const engine = await Brushwork.create();
      await engine.stylize(pixels, { style });
      return performance.now() - began;
    }),

  startOrt: ({ url, threads, picture }) =>
    attempt(async () => {
      const pixels = await pictureOf(picture);
      ort = await import('/ort/ort.wasm.min.mjs');
      ort.env.wasm.wasmPaths = '/ort/';
      if (threads) ort.env.wasm.numThreads = threads;
      const began = performance.now();
      const session = await ort.InferenceSession.create(url, { executionProviders: ['wasm'] });
      await session.run({ [session.inputNames[0]]: tensorOf(pixels) });
      return performance.now() - began;
    }),

  /** The engine's bytes beyond the pixels that go in and out, after painting once. */
  memory: ({ style, picture, engine: engineOptions }) =>
    attempt(async () => {
      const engine = await engineOf(engineOptions);
      const pixels = await pictureOf(picture);
      await engine.stylize(pixels, { style });
      const { peak } = engine.memory();
      return { peak, pixels: 2 * pixels.data.length, backend: engine.backend };
    }),
};
