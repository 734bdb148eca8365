// The WebGPU path by ONNX Runtime Web, on a GPU that is computed by the processor: right, but a thousand times slower than a real one,
// so pictures are small, and 'auto' never takes it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { generator, styles } from '../support/models.mjs';
import { launchOptions } from '../playwright.config.mjs';

const ORT = '/tests/browser/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs';
const [styleId, otherId] = styles.map(({ id }) => id);

const { inputRange, outputRange, channelOrder } = generator;
const MODEL = { url: `/models/${generator.model}`, options: { inputRange, outputRange, channelOrder } };

test.use({ launchOptions: { ...launchOptions, args: [...launchOptions.args, '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] } });

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  if (!existsSync(join(root, ORT))) throw new Error('onnxruntime-web is missing: install the dependencies of tests/browser first');
});

/** A page with an engine on the GPU in `window.gpu`, and one on the CPU in `window.cpu`. */
async function start(harness) {
  const page = await harness();
  const backend = await page.evaluate(async (onnxRuntime) => {
    window.gpu = await window.bw.Brushwork.create({ backend: 'webgpu', onnxRuntime });
    window.cpu = await window.bw.Brushwork.create({ backend: 'wasm' });
    /** As rough as photos are: on smooth pictures the rounding of int8 alone makes other strokes. */
    window.rough = (width, height, seed = 1) => {
      const picture = window.t.picture(width, height, seed);
      let random = seed;
      picture.data.forEach((value, i) => {
        random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
        if (i % 4 !== 3) picture.data[i] = value + ((random >> 16) % 81) - 40;
      });
      return picture;
    };
    window.median = (a, b) => {
      const differences = Array.from(a, (value, i) => Math.abs(value - b[i])).filter((_, i) => i % 4 !== 3);
      return differences.sort((x, y) => x - y)[differences.length >> 1];
    };
    return window.gpu.backend;
  }, ORT);
  return { page, backend };
}

test('paints what the CPU paints, whatever is asked for', async ({ harness }, info) => {
  test.setTimeout(300_000);
  const { page, backend } = await start(harness);
  expect(backend).toMatchObject({ kind: 'webgpu', variant: 'relaxed-simd', adapter: expect.stringMatching(/./) });
  expect(backend.reasons.join('\n')).toMatch(/WebGPU: its canary painting differs from the CPU's by \d of 255 in the median/);
  const result = await page.evaluate(async ([a, b, model]) => {
    const { gpu, cpu, t, rough } = window;
    const mask = t.picture(20, 20, 4);
    const cases = {
      plain: [rough(64, 64), { style: a }],
      'another style': [rough(64, 64), { style: b }],
      'odd size': [rough(61, 37), { style: a }],
      weak: [rough(64, 48), { style: b, strength: 0.5 }],
      composed: [rough(48, 48), { style: a, mask, preserveColor: 0.7, brush: 1.2 }],
      'a thumbnail': [rough(150, 140), { style: a }],
    };
    const seen = {};
    for (const [name, [photo, options]] of Object.entries(cases)) {
      const progress = [];
      const painting = await gpu.stylize(photo, { ...options, onProgress: ({ fraction }) => progress.push(fraction) });
      const reference = await cpu.stylize(photo, options);
      const rising = progress.every((fraction, i) => i === 0 || fraction >= progress[i - 1]) && progress.at(-1) === 1;
      seen[name] = { median: window.median(painting.data, reference.data), ...t.psnr(painting, reference), kind: gpu.backend.kind, rising };
    }
    const mix = async (engine) => {
      const style = engine.mix([{ style: await engine.style(a), weight: 1 }, { style: await engine.style(b), weight: 2 }]);
      return (await engine.stylize(rough(64, 64), { style })).data;
    };
    seen.mix = { median: window.median(await mix(gpu), await mix(cpu)), kind: gpu.backend.kind, rising: true };
    // The same arithmetic in float on both, but for the order of sums.
    const float = async (engine) => {
      const style = await engine.styleFromModel(model.url, { ...model.options, precision: 'float' });
      return engine.stylize(t.picture(64, 56), { style });
    };
    const exact = { ...t.psnr(await float(gpu), await float(cpu)), kind: gpu.backend.kind };
    const objects = t.objects(gpu);
    await gpu.stylize(rough(40, 40), { style: a });
    return { seen, exact, left: t.objects(gpu) - objects };
  }, [styleId, otherId, MODEL]);
  info.annotations.push({ type: 'measured', description: JSON.stringify([result.seen, result.exact, backend.reasons.at(-1)]) });
  for (const [name, { median, kind, rising }] of Object.entries(result.seen)) {
    expect(kind, name).toBe('webgpu');
    expect(median, name).toBeLessThanOrEqual(3);
    expect(rising, name).toBe(true);
  }
  expect(result.exact.kind).toBe('webgpu');
  expect(result.exact.psnr).toBeGreaterThan(50);
  expect(result.left).toBe(0);
});

test('paints a video, and stops when told to', async ({ harness }) => {
  test.setTimeout(300_000);
  const { page } = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { gpu, t } = window;
    const times = [];
    const source = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 3; ++i) {
          const { data, width, height } = t.picture(48, 48, i);
          controller.enqueue(new VideoFrame(data, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp: i }));
        }
        controller.close();
      },
    });
    for await (const frame of source.pipeThrough(gpu.video({ style, pacing: 'every-frame' }))) {
      times.push(frame.timestamp);
      frame.close();
    }
    const controller = new AbortController();
    const aborted = t.outcome(gpu.stylize(t.picture(64, 64), { style, signal: controller.signal }));
    setTimeout(() => controller.abort(), 30);
    return { times, aborted: await aborted, after: await t.outcome(gpu.stylize(t.picture(48, 48), { style })), kind: gpu.backend.kind };
  }, styleId);
  expect(result).toMatchObject({ times: [0, 1, 2], aborted: { ok: false, code: 'aborted' }, after: { ok: true }, kind: 'webgpu' });
});

test('a GPU that is lost in the middle: the CPU finishes the call, and paints from then on', async ({ harness }) => {
  test.setTimeout(300_000);
  const { page } = await start(harness);
  const result = await page.evaluate(async ([ort, style]) => {
    const { gpu, cpu, t } = window;
    const { env } = await import(ort);
    const device = await env.webgpu.device;
    const photo = window.rough(64, 64);
    const running = gpu.stylize(photo, { style });
    setTimeout(() => device.destroy(), 50);
    const first = await running;
    const second = await gpu.stylize(photo, { style });
    const reference = await cpu.stylize(photo, { style });
    return { first: window.median(first.data, reference.data), second: t.psnr(second, reference).psnr, backend: gpu.backend };
  }, [ORT, styleId]);
  expect(result.backend).toMatchObject({ kind: 'wasm' });
  expect(result.backend.adapter).toBeUndefined();
  expect(result.backend.reasons.at(-1)).toMatch(/^WebGPU: given up: /);
  expect(result.first).toBeLessThanOrEqual(3);
  expect(result.second).toBe(99);
});

test('a picture that does not fit into a buffer is painted in tiles, without seams; one that fits into no tile, by the CPU', async ({ harness }) => {
  test.setTimeout(300_000);
  const page = await harness();
  const result = await page.evaluate(async ([ort, model]) => {
    const { bw, t } = window;
    const tiles = [];
    /** ONNX Runtime on a device that binds so many bytes; `tiles` has the heights that it was given. */
    const limited = (bytes) => async () => {
      const { InferenceSession, Tensor, env } = await import(ort);
      const create = async (...args) => {
        const session = await InferenceSession.create(...args);
        return {
          run: (feeds) => {
            tiles.push(feeds.picture.dims[2]);
            return session.run(feeds);
          },
          release: () => session.release(),
        };
      };
      const device = async () => ({ limits: { maxStorageBufferBindingSize: bytes }, lost: (await env.webgpu.device).lost });
      return { Tensor, InferenceSession: { create }, env: { wasm: env.wasm, webgpu: { get device() { return device(); } } } };
    };
    const paint = async (bytes) => {
      const engine = await bw.Brushwork.create({ backend: 'webgpu', onnxRuntime: limited(bytes) });
      const style = await engine.styleFromModel(model.url, { ...model.options, precision: 'float' });
      tiles.length = 0;
      const rows = [];
      const onRows = ({ top, height }) => rows.push([top, top + height]);
      const painting = await engine.stylize(t.picture(40, 230), { style, onRows });
      return { painting, rows, tiles: [...tiles], kind: engine.backend.kind };
    };
    const [whole, cut, none] = [await paint(2 ** 30), await paint(40 * 140 * 64), await paint(40 * 60 * 64)];
    return { none: none.tiles, whole: whole.tiles, cut: cut.tiles, rows: cut.rows, kinds: [whole.kind, cut.kind, none.kind], ...t.psnr(whole.painting, cut.painting) };
  }, [ORT, MODEL]);
  expect(result.kinds).toEqual(['webgpu', 'webgpu', 'webgpu']);
  expect(result.none).toEqual([]); // too few rows: the CPU painted it
  expect(result.whole).toHaveLength(1);
  expect(result.cut.length).toBeGreaterThan(1);
  expect(result.rows).toHaveLength(result.cut.length);
  expect([0, ...result.rows.map(([, end]) => end)]).toEqual([...result.rows.map(([begin]) => begin), 230]);
  expect(result.psnr).toBeGreaterThan(60);
});

test('auto: a GPU that is right and slower is left alone', async ({ harness, page }) => {
  test.setTimeout(300_000);
  await page.addInitScript(() => {
    const pretended = { isFallbackAdapter: false, architecture: 'fast', device: '', description: '' };
    for (const [name, value] of Object.entries(pretended)) Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value });
  });
  await harness();
  const backend = await page.evaluate(async (onnxRuntime) => (await window.bw.Brushwork.create({ onnxRuntime })).backend, ORT);
  expect(backend.kind).toBe('wasm');
  expect(backend.adapter).toBeUndefined();
  expect(backend.reasons.at(-1)).toMatch(/^WebGPU: its canary painting differs from the CPU's by \d of 255 in the median; it takes \d+ ms for 64×64 pixels, the CPU/);
});

test('auto: a GPU that is the processor is not used, and nothing of it is loaded', async ({ harness, page }) => {
  const asked = [];
  page.on('request', (request) => /onnxruntime|brushwork-gpu/.test(request.url()) && asked.push(request.url()));
  await harness();
  const backend = await page.evaluate(async (onnxRuntime) => (await window.bw.Brushwork.create({ onnxRuntime })).backend, ORT);
  expect(backend.kind).toBe('wasm');
  expect(backend.reasons.join('\n')).toMatch(/WebGPU: .* is the processor itself/);
  expect(asked).toEqual([]);
});

test('webgpu without ONNX Runtime Web, or with something else: says so', async ({ harness, consoleErrors }) => {
  const page = await harness();
  const result = await page.evaluate(async () => {
    const { bw, t } = window;
    const create = (options) => t.outcome(bw.Brushwork.create({ backend: 'webgpu', ...options }));
    return {
      missing: await create({}),
      wrong: await create({ onnxRuntime: async () => ({ hello: 'world' }) }),
      failing: await create({ onnxRuntime: () => Promise.reject(new Error('no such luck')) }),
      url: await create({ onnxRuntime: '/tests/browser/pages/harness.html' }),
    };
  });
  for (const [name, outcome] of Object.entries(result)) {
    expect(outcome, name).toMatchObject({ ok: false, code: 'unsupported-environment', ours: true });
    expect(outcome.message, name).toMatch(/^backend: got 'webgpu', but /);
  }
  expect(result.missing.message).toMatch(/onnxruntime-web/);
  expect(result.failing.message).toMatch(/no such luck/);
  consoleErrors.length = 0; // the browser's own, about the page that is no module
});
