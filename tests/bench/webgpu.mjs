// The WebGPU rows: our painter on the GPU against our painter on the processor, and against the GPU's graph alone. Each size has a
// page of its own, so that its first painting finds nothing compiled for it.
import { whyNotMeasured } from './adapter.mjs';
import { startBrowser } from './browser.mjs';
import { interleave, median, ratios, summary } from './compare.mjs';
import { ownGenerators } from './models.mjs';
import { speedPicture } from './pictures.mjs';
import { WEBGPU_PICTURES } from './rows.mjs';

/** Headless Chromium leaves a GPU alone unless told so; without a display it reaches one by Vulkan only, and has no surface there. */
const GPU_FLAGS = [
  '--enable-gpu',
  '--ignore-gpu-blocklist',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-angle=vulkan',
  '--disable-vulkan-surface',
];
const SOFTWARE_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const openBrowser = (folders, software) => startBrowser(folders, software ? SOFTWARE_FLAGS : GPU_FLAGS);

/** One line on why the WebGPU rows can't be measured here; undefined if they can. `software`: the processor will do. */
export async function whyNoWebgpu(folders, software) {
  const browser = await openBrowser(folders, software);
  try {
    const adapter = await browser.withPage({}, (page) => page.evaluate(() => window.webgpu.adapter()));
    return whyNotMeasured({ ...adapter, isSoftware: adapter.isSoftware && !software }, browser.version);
  } finally {
    await browser.close();
  }
}

const milliseconds = (value) => `${value.toFixed(1)} ms`;

/**
 * { row's name: result } of one size. `started`: of window.webgpu.start; `measured`: milliseconds of each round of 'webgpu', 'wasm' and
 * 'graph'.
 */
export function resultsOfSize(size, { first, difference, tiles, adapter, threads }, measured) {
  const sides = (theirs) => ({ ours: milliseconds(median(measured.webgpu)), theirs: milliseconds(median(measured[theirs])) });
  const { width, height } = WEBGPU_PICTURES[size];
  const painted = `${width}×${height} in ${tiles} ${tiles === 1 ? 'tile' : 'tiles'} on ${adapter}`;
  return {
    [`webgpu/${size}`]: {
      ...{ ...summary(ratios(measured.wasm, measured.webgpu)), ...sides('wasm') },
      note: `${painted}, against our WebAssembly with ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    },
    [`webgpu/${size}/graph`]: {
      ...{ ...summary(ratios(measured.webgpu, measured.graph)), ...sides('graph') },
      note: 'against ONNX Runtime Web running the same graph on the same tensors, from tensor to tensor',
    },
    [`webgpu/${size}/first`]: { value: first.webgpu, runs: 1, ours: milliseconds(first.webgpu), theirs: milliseconds(first.wasm) },
    [`webgpu/${size}/difference`]: { value: difference, runs: 1 },
  };
}

async function measureSize({ folders, browser, say, runs, warmUps }, size) {
  const [{ style }] = ownGenerators(folders);
  const picture = { ...speedPicture(folders), ...WEBGPU_PICTURES[size] };
  return browser.withPage({}, async (page) => {
    say(`webgpu, ${size}: starting`);
    const started = await page.evaluate((options) => window.webgpu.start(options), { style, picture });
    if (started.unavailable) throw new Error(started.unavailable);
    const contender = (name) => ({ name, run: () => page.evaluate((n) => window.webgpu.run(n), name) });
    // The graph runs on what the painting before it fed to it.
    const measured = await interleave(['webgpu', 'graph', 'wasm'].map(contender), {
      ...{ warmUps, runs },
      report: (what) => say(`webgpu, ${size}: ${what}`),
    });
    return { create: started.create, results: resultsOfSize(size, started, measured) };
  });
}

export async function measureWebgpu(context, rows) {
  const results = {};
  const creations = [];
  const browser = await openBrowser(context.folders, context.software);
  try {
    for (const size of new Set(rows.map((row) => row.size))) {
      try {
        const { create, results: found } = await measureSize({ ...context, browser }, size);
        creations.push(create);
        Object.assign(results, found);
      } catch (error) {
        // A picture that is too large says nothing of smaller ones.
        const unavailable = String(error.message ?? error).split('\n')[0];
        for (const { name } of rows.filter((row) => row.size === size)) results[name] = { unavailable };
      }
    }
  } finally {
    await browser.close();
  }
  if (creations.length > 0) {
    const note = 'create() in a new page: both engines, ONNX Runtime Web, the session, the canary on both paths';
    results['webgpu/create'] = { ...summary(creations), ours: milliseconds(median(creations)), note };
  }
  return results;
}
