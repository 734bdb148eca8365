// The WebGPU path by ONNX Runtime Web, on a GPU that is computed by the processor: right, but a thousand times slower than a real one,
// so pictures are small, and 'auto' never takes it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';
import { launchOptions } from '../playwright.config.mjs';

const ORT = '/tests/browser/node_modules/onnxruntime-web/dist/ort.webgpu.bundle.min.mjs';
const [styleId, otherId] = styles.map(({ id }) => id);

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
  const result = await page.evaluate(async ([a, b]) => {
    const { gpu, cpu, t } = window;
    const mask = t.picture(20, 20, 4);
    const cases = {
      plain: [t.picture(64, 64), { style: a }],
      'another style': [t.picture(64, 64), { style: b }],
      'odd size': [t.picture(61, 37), { style: a }],
      weak: [t.picture(64, 48), { style: b, strength: 0.5 }],
      composed: [t.picture(48, 48), { style: a, mask, preserveColor: 0.7, brush: 1.2 }],
      'a thumbnail': [t.picture(150, 140), { style: a }],
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
      return (await engine.stylize(t.picture(64, 64), { style })).data;
    };
    seen.mix = { median: window.median(await mix(gpu), await mix(cpu)), kind: gpu.backend.kind, rising: true };
    return { seen, objects: t.objects(gpu) - t.objects(cpu) };
  }, [styleId, otherId]);
  info.annotations.push({ type: 'measured', description: JSON.stringify(result.seen) });
  for (const [name, { median, kind, rising }] of Object.entries(result.seen)) {
    expect(kind, name).toBe('webgpu');
    expect(median, name).toBeLessThanOrEqual(3);
    expect(rising, name).toBe(true);
  }
  expect(result.objects).toBe(0);
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
    const photo = t.picture(64, 64);
    const running = gpu.stylize(photo, { style });
    setTimeout(() => device.destroy(), 50);
    const first = await running;
    const second = await gpu.stylize(photo, { style });
    const reference = await cpu.stylize(photo, { style });
    const same = (painting) => t.psnr(painting, reference).psnr;
    return { first: same(first), second: same(second), backend: gpu.backend };
  }, [ORT, styleId]);
  expect(result.backend).toMatchObject({ kind: 'wasm' });
  expect(result.backend.adapter).toBeUndefined();
  expect(result.backend.reasons.at(-1)).toMatch(/^WebGPU: given up: /);
  expect(result.first).toBeGreaterThan(35);
  expect(result.second).toBe(99);
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

test('webgpu without ONNX Runtime Web, or with something else: says so, and auto goes on without', async ({ harness }) => {
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
});
