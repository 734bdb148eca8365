// What runs in the page for the WebGPU rows: our painter on the GPU and on the processor, and the GPU's graph without us.
import { describeAdapter } from './adapter.mjs';
import { medianDifference } from './metrics.mjs';

const { attempt, pictureOf } = window.bench;
const ORT = '/ort/ort.webgpu.bundle.min.mjs';

/** What the last painting on the GPU fed to ONNX Runtime: { session, feeds } of each tile. */
let fed = [];
const runs = {};

/** ONNX Runtime Web, watched: so the same session can be fed the same tensors again, without the package around it. */
async function watchedRuntime() {
  const { InferenceSession, Tensor, env } = await import(ORT);
  const create = async (...parameters) => {
    const session = await InferenceSession.create(...parameters);
    const run = (feeds) => {
      fed.push({ session, feeds });
      return session.run(feeds);
    };
    return { run, release: () => session.release() };
  };
  return { InferenceSession: { create }, Tensor, env };
}

/** { milliseconds, result } of what `action` resolves to. */
async function timed(action) {
  const began = performance.now();
  const result = await action();
  return { milliseconds: performance.now() - began, result };
}

/** A GPU that fails is replaced by the processor within the call, which must not be measured in its name. */
function checkPaintedByGpu({ backend: { kind, reasons } }) {
  if (kind !== 'webgpu' || fed.length === 0) throw new Error(`the GPU did not paint: ${reasons.at(-1)}`);
}

async function paintByGpu(engine, pixels, style) {
  fed = [];
  const painted = await timed(() => engine.stylize(pixels, { style }));
  checkPaintedByGpu(engine);
  return painted;
}

/** From tensors to tensors, all tiles of the last painting. */
async function runGraph() {
  for (const { session, feeds } of fed) {
    const outputs = await session.run(feeds);
    for (const tensor of Object.values(outputs)) tensor.dispose();
  }
}

window.webgpu = {
  /** Of describeAdapter. */
  adapter: async () => {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
    return describeAdapter(adapter?.info);
  },

  /**
   * Makes both engines, once in a page's life, and paints once with each: milliseconds of create() and of the first paintings, the median
   * difference of the two of 255, the number of tiles.
   */
  start: ({ style, picture }) =>
    attempt(async () => {
      const { Brushwork } = await import('/dist/index.js');
      const pixels = await pictureOf(picture);
      // The GPU's first: nothing of it is compiled before.
      const { milliseconds: create, result: gpu } = await timed(() => Brushwork.create({ backend: 'webgpu', onnxRuntime: watchedRuntime }));
      const cpu = await Brushwork.create({ backend: 'wasm' });
      runs.webgpu = () => paintByGpu(gpu, pixels, style);
      runs.wasm = () => timed(() => cpu.stylize(pixels, { style }));
      runs.graph = () => timed(runGraph);
      const first = { webgpu: await runs.webgpu(), wasm: await runs.wasm() };
      return {
        create,
        first: { webgpu: first.webgpu.milliseconds, wasm: first.wasm.milliseconds },
        difference: medianDifference(first.webgpu.result.data, first.wasm.result.data),
        tiles: fed.length,
        adapter: gpu.backend.adapter,
        threads: cpu.backend.threads,
      };
    }),

  /** Milliseconds of 'webgpu', 'wasm' or 'graph'. */
  run: async (name) => (await runs[name]()).milliseconds,
};
