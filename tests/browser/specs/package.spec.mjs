// The built package in a page without a bundler: paints what the native program paints, and stays usable whatever happens.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { blendable, generator, modelsFolder, styles } from '../support/models.mjs';

const PHOTO = 'tests/browser/fixtures/lake.jpg';
const native = join(root, 'build/native/bin/brushwork');
const styleId = styles[0].id;

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** A page with an engine in `window.engine`. */
async function start(harness, options = {}, serving = {}) {
  const page = await harness(serving);
  const backend = await page.evaluate(async (create) => {
    window.engine = await window.bw.Brushwork.create(create);
    return window.engine.backend;
  }, options);
  return { page, backend };
}

test.describe('paints like the native program', () => {
  let folder;
  let painted;
  test.beforeAll(() => {
    if (!existsSync(native)) return;
    folder = mkdtempSync(join(tmpdir(), 'brushwork-'));
    const output = join(folder, 'native.png');
    const env = { ...process.env, BRUSHWORK_MODELS: modelsFolder };
    execFileSync(native, ['stylize', join(root, PHOTO), '-o', output, '--style', styleId], { env });
    painted = readFileSync(output).toString('base64');
  });
  test.afterAll(() => folder && rmSync(folder, { recursive: true }));

  const hashes = new Map();
  const cases = [
    ['simd', 1, true], ['simd', 2, true], ['relaxed-simd', 1, true], ['relaxed-simd', 2, true],
    ['simd', 2, false], ['relaxed-simd', undefined, false],
  ];
  for (const [variant, threads, isolation] of cases) {
    const name = `${variant}, ${threads ?? 'default'} thread(s), ${isolation ? 'isolated' : 'not isolated'}`;
    test(name, async ({ harness }, info) => {
      test.skip(!painted, 'the native program is not built');
      const { page, backend } = await start(harness, { variant, ...(threads && { threads }) }, { isolation });
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      const expectedThreads = threads ?? Math.min(8, cores);
      const together = isolation ? 'threads' : 'workers';
      expect(backend).toMatchObject({ kind: 'wasm', variant, threads: expectedThreads, parallelism: expectedThreads > 1 ? together : 'none' });
      expect(backend.reasons.length).toBeGreaterThan(0);
      const result = await page.evaluate(
        async ([url, style, png]) => {
          const painting = await window.engine.stylize(await window.t.bytes(url), { style });
          const reference = await window.t.pixels(new Blob([Uint8Array.from(atob(png), (c) => c.charCodeAt(0))]));
          return { ...window.t.psnr(painting, reference), hash: await window.t.sha256(painting.data), ms: painting.timings.paint };
        },
        [`/${PHOTO}`, styleId, painted],
      );
      info.annotations.push({ type: 'measured', description: `${result.psnr.toFixed(1)} dB, worst ${result.worst}, ${result.ms.toFixed(0)} ms` });
      expect(result.psnr).toBeGreaterThanOrEqual(50);
      hashes.set(name, result.hash);
    });
  }

  test('every variant and number of threads paints the same bytes', () => {
    test.skip(hashes.size < cases.length, 'not all variants painted');
    expect(new Set(hashes.values()).size).toBe(1);
  });
});

test.describe('blends, styles of pictures and weak styles, like the native program', () => {
  const [a, b] = blendable.map(({ id }) => id);
  const picture = join(modelsFolder, styles[1].preview);
  // What is computed in float (the encoder) may round otherwise on another processor: those paintings may differ by a little.
  const cases = {
    'a style': { args: ['--style', a], exact: true },
    'a blend': { args: ['--style', `${a}:1,${b}:3`], exact: true },
    'a style of a picture': { args: ['--style-image', picture] },
    'a weak style': { args: ['--style', b, '--strength', '0.5'] },
  };
  for (const [name, { args, exact }] of Object.entries(cases)) {
    test(name, async ({ harness, page }, info) => {
      test.skip(!existsSync(native), 'the native program is not built');
      const folder = mkdtempSync(join(tmpdir(), 'brushwork-'));
      const output = join(folder, 'native.png');
      execFileSync(native, ['stylize', join(root, PHOTO), '-o', output, ...args], { env: { ...process.env, BRUSHWORK_MODELS: modelsFolder } });
      await start(harness);
      await page.route('**/native.png', (route) => route.fulfill({ path: output }));
      await page.route('**/picture.jpg', (route) => route.fulfill({ path: picture }));
      const result = await page.evaluate(async ([what, url, first, second]) => {
        const { engine, t } = window;
        const makers = {
          'a style': async () => ({ style: first }),
          'a blend': async () => ({ style: engine.mix([{ style: await engine.style(first), weight: 1 }, { style: await engine.style(second), weight: 3 }]) }),
          'a style of a picture': async () => ({ style: await engine.styleFromImage(await t.bytes('/picture.jpg')) }),
          'a weak style': async () => ({ style: second, strength: 0.5 }),
        };
        const painting = await engine.stylize(await t.bytes(url), await makers[what]());
        const reference = await t.pixels(new Blob([await t.bytes('/native.png')]));
        return { ...t.psnr(painting, reference), same: painting.data.every((value, i) => value === reference.data[i]) };
      }, [name, `/${PHOTO}`, a, b]);
      rmSync(folder, { recursive: true });
      info.annotations.push({ type: 'measured', description: result.same ? 'the same bytes' : `${result.psnr.toFixed(1)} dB, worst ${result.worst}` });
      expect(result.psnr).toBeGreaterThanOrEqual(50);
      if (exact) expect(result.same).toBe(true);
    });
  }
});

test('in Node, the same file as the native program', async () => {
  test.skip(!existsSync(native), 'the native program is not built');
  test.skip(Number(process.versions.node.split('.')[0]) < 22, 'needs Node 22 or newer');
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-'));
  const [fromNode, fromNative] = [join(folder, 'node.png'), join(folder, 'native.png')];
  const env = { ...process.env, BRUSHWORK_MODELS: modelsFolder };
  execFileSync(native, ['stylize', join(root, PHOTO), '-o', fromNative, '--style', styleId], { env });
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { Brushwork } from ${JSON.stringify(new URL('../../../web/dist/index.js', import.meta.url).href)};
    const engine = await Brushwork.create();
    const painting = await engine.stylize(readFileSync(${JSON.stringify(join(root, PHOTO))}), { style: ${JSON.stringify(styleId)} });
    writeFileSync(${JSON.stringify(fromNode)}, new Uint8Array(await (await painting.toBlob()).arrayBuffer()));`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { env });
  const same = readFileSync(fromNode).equals(readFileSync(fromNative));
  rmSync(folder, { recursive: true });
  expect(same).toBe(true);
});

test('a third-party float model, like the native program', async ({ harness, page }, info) => {
  const data = process.env.BRUSHWORK_DATA ?? join(root, '../shared/data');
  const model = join(data, 'third_party/candy.onnx');
  test.skip(!existsSync(model), `no ${model} (BRUSHWORK_DATA)`);
  test.skip(!existsSync(native), 'the native program is not built');
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-'));
  const output = join(folder, 'native.png');
  execFileSync(native, ['stylize', join(root, PHOTO), '-o', output, '--model', model, '--input-range', '0', '255', '--channel-order', 'bgr', '--max-pixels', '200000']);
  await start(harness);
  await page.route('**/candy.onnx', (route) => route.fulfill({ path: model }));
  await page.route('**/native.png', (route) => route.fulfill({ path: output }));
  const result = await page.evaluate(async (url) => {
    const style = await window.engine.styleFromModel('/candy.onnx', { title: 'Candy', inputRange: [0, 255], channelOrder: 'bgr' });
    const painting = await window.engine.stylize(await window.t.bytes(url), { style, maxPixels: 200_000 });
    return { title: style.title, ...window.t.psnr(painting, await window.t.pixels(await (await fetch('/native.png')).blob())) };
  }, `/${PHOTO}`);
  rmSync(folder, { recursive: true });
  info.annotations.push({ type: 'measured', description: `${result.psnr.toFixed(1)} dB, worst ${result.worst}` });
  expect(result.title).toBe('Candy');
  expect(result.psnr).toBeGreaterThanOrEqual(50);
});

test('strength 0 is the photo; alpha is kept; maxPixels is kept to', async ({ harness }) => {
  const { page } = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const photo = t.picture(80, 60);
    photo.data.forEach((_, i) => { if (i % 4 === 3) photo.data[i] = (i * 7) % 256; });
    const none = await engine.stylize(photo, { style, strength: 0 });
    const full = await engine.stylize(photo, { style });
    const small = await engine.stylize(photo, { style, maxPixels: 1000 });
    return {
      same: none.data.every((value, i) => value === photo.data[i]),
      alpha: full.data.every((value, i) => i % 4 !== 3 || value === photo.data[i]),
      changed: full.data.some((value, i) => Math.abs(value - photo.data[i]) > 8),
      pixels: small.width * small.height,
    };
  }, styleId);
  expect(result).toMatchObject({ same: true, alpha: true, changed: true });
  expect(result.pixels).toBeLessThanOrEqual(1000);
  expect(result.pixels).toBeGreaterThan(800);
});

test('progress never goes back and ends at 1; timings add up', async ({ harness }) => {
  const page = await harness();
  const { create, paint, timings } = await page.evaluate(async ([url, style]) => {
    const seen = { create: [], paint: [] };
    const engine = await window.bw.Brushwork.create({ onProgress: (p) => seen.create.push(p) });
    const painting = await engine.stylize(await window.t.bytes(url), { style, onProgress: (p) => seen.paint.push(p) });
    return { ...seen, timings: painting.timings };
  }, [`/${PHOTO}`, styleId]);
  for (const reports of [create, paint]) {
    const fractions = reports.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  }
  expect(paint.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['download', 'decode', 'paint']));
  expect(Object.keys(timings).sort()).toEqual(['compile', 'decode', 'download', 'encode', 'measure', 'paint']);
  for (const stage of ['download', 'compile', 'decode', 'paint']) expect(timings[stage], stage).toBeGreaterThan(0);
});

test('encodes PNG, JPEG and WebP', async ({ harness }) => {
  const { page } = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const painting = await engine.stylize(t.picture(120, 90), { style });
    const [png, jpeg, webp, coarse] = await Promise.all([
      painting.toBlob(), painting.toBlob('image/jpeg'), painting.toBlob('image/webp', 0.9), painting.toBlob('image/jpeg', 0.1),
    ]);
    const bitmap = await painting.toImageBitmap();
    return {
      types: [png.type, jpeg.type, webp.type],
      png: t.psnr(painting, await t.pixels(png)).psnr,
      jpeg: t.psnr(painting, await t.pixels(jpeg)).psnr,
      smaller: coarse.size < jpeg.size / 2,
      bitmap: [bitmap.width, bitmap.height],
      encode: painting.timings.encode > 0,
      wrong: await t.outcome(painting.toBlob('image/tiff')),
      quality: await t.outcome(painting.toBlob('image/jpeg', 92)),
    };
  }, styleId);
  expect(result).toMatchObject({
    types: ['image/png', 'image/jpeg', 'image/webp'], png: 99, smaller: true, bitmap: [120, 90], encode: true,
    wrong: { code: 'invalid-argument' }, quality: { code: 'invalid-argument' },
  });
  expect(result.jpeg).toBeGreaterThan(28);
});

test('stops when told to, at any stage, and goes on working', async ({ harness }) => {
  const { page } = await start(harness);
  const result = await page.evaluate(async ([url, style]) => {
    const { engine, t } = window;
    const photo = await t.bytes(url);
    const before = await t.sha256((await engine.stylize(photo, { style })).data);
    const objects = t.objects(engine);
    const abortAt = async (stop) => {
      const controller = new AbortController();
      const call = engine.stylize(photo, { style, signal: controller.signal, onProgress: (p) => stop(p, controller) });
      stop(undefined, controller);
      const began = performance.now();
      return { ...(await t.outcome(call)), ms: performance.now() - began };
    };
    const midway = await abortAt((p, c) => p?.stage === 'paint' && p.done > 0 && c.abort());
    const decoding = await abortAt((p, c) => p?.stage === 'decode' && c.abort());
    const atOnce = await abortAt((_, c) => c.abort());
    const early = await t.outcome(engine.stylize(photo, { style, signal: AbortSignal.abort() }));
    const timeout = await t.outcome(engine.stylize(photo, { style, signal: AbortSignal.timeout(5) }));
    const waiting = new AbortController();
    const [running, queued] = [engine.stylize(photo, { style }), t.outcome(engine.stylize(photo, { style, signal: waiting.signal }))];
    waiting.abort();
    const inQueue = await queued;
    const undisturbed = await t.sha256((await running).data);
    const after = await t.sha256((await engine.stylize(photo, { style })).data);
    return { before, undisturbed, after, aborted: { midway, decoding, atOnce, early, timeout, inQueue }, leaked: t.objects(engine) - objects };
  }, [`/${PHOTO}`, styleId]);
  for (const [stage, outcome] of Object.entries(result.aborted)) {
    expect(outcome, stage).toMatchObject({ ok: false, name: 'AbortError', code: 'aborted', ours: true });
  }
  expect(result.undisturbed).toBe(result.before);
  expect(result.after).toBe(result.before);
  expect(result.leaked).toBe(0);
});

test('rejects what it cannot read or does not have, says why, and goes on working', async ({ harness, consoleErrors }) => {
  const { page } = await start(harness);
  const result = await page.evaluate(async ([url, modelUrl, style]) => {
    const { engine, t } = window;
    const jpeg = await t.bytes(url);
    const onnx = await t.bytes(modelUrl);
    const small = t.picture(60, 40);
    const canvas = new OffscreenCanvas(60, 40);
    canvas.getContext('2d').putImageData(new ImageData(small.data, 60, 40), 0, 0);
    const png = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    const flipped = png.slice();
    for (let i = 50; i < flipped.length - 20; i += 3) flipped[i] ^= 0xff;
    const huge = png.slice();
    new DataView(huge.buffer).setUint32(16, 60000);
    new DataView(huge.buffer).setUint32(20, 60000);
    const before = await t.sha256((await engine.stylize(small, { style })).data);
    const objects = t.objects(engine);
    const paint = (image, options = {}) => t.outcome(engine.stylize(image, { style, ...options }));
    const failures = {
      text: [await paint(new File(['dear diary'], 'photo.jpg', { type: 'image/jpeg' })), 'unsupported-image'],
      empty: [await paint(new Blob([])), 'unsupported-image'],
      flipped: [await paint(flipped), 'unsupported-image'],
      huge: [await paint(huge), 'image-too-large'],
      undefined: [await paint(undefined), 'invalid-argument'],
      string: [await paint('photo.jpg'), 'invalid-argument'],
      noStyle: [await paint(small, { style: undefined }), 'invalid-argument'],
      unknownStyle: [await paint(small, { style: 'crayon' }), 'invalid-argument'],
      foreignStyle: [await paint(small, { style: { id: 'x', title: 'x' } }), 'invalid-argument'],
      mask: [await paint(small, { mask: 'bright' }), 'invalid-argument'],
      maskText: [await paint(small, { mask: new Blob(['dear diary']) }), 'unsupported-image'],
      brush: [await paint(small, { brush: 0 }), 'invalid-argument'],
      hugeBrush: [await paint(t.picture(3000, 3000), { brush: 4 }), 'image-too-large'],
      preserveColor: [await paint(small, { preserveColor: -1 }), 'invalid-argument'],
      strength: [await paint(small, { strength: 2 }), 'invalid-argument'],
      halfModel: [await t.outcome(engine.styleFromModel(onnx.slice(0, onnx.length / 2))), 'invalid-model'],
      textModel: [await t.outcome(engine.styleFromModel(new TextEncoder().encode('not a model'))), 'invalid-model'],
      missingModel: [await t.outcome(engine.styleFromModel('/nowhere.onnx')), 'network'],
      numberModel: [await t.outcome(engine.styleFromModel(5)), 'invalid-argument'],
      webgpu: [await t.outcome(window.bw.Brushwork.create({ backend: 'webgpu' })), 'unsupported-environment'],
      assets: [await t.outcome(window.bw.Brushwork.create({ assets: '/nowhere/' })), 'network'],
    };
    // A JPEG that ends early may be painted as far as it goes, or refused; both are clear.
    const cut = await paint(jpeg.slice(0, jpeg.length / 3), { maxPixels: 10_000 });
    const sizes = {};
    for (const [width, height] of [[1, 1], [20000, 2], [3, 500]]) {
      const painting = await engine.stylize(t.picture(width, height), { style });
      sizes[`${width}×${height}`] = `${painting.width}×${painting.height}`;
    }
    const after = await t.sha256((await engine.stylize(small, { style })).data);
    return { failures, cut, sizes, before, after, leaked: t.objects(engine) - objects };
  }, [`/${PHOTO}`, `/models/${generator.model}`, styleId]);
  // The browser itself reports the three files that are not there.
  expect(consoleErrors.filter((text) => !text.includes('404'))).toEqual([]);
  consoleErrors.length = 0;
  for (const [name, [outcome, code]] of Object.entries(result.failures)) {
    expect(outcome, name).toMatchObject({ ok: false, code, ours: true });
    expect(outcome.message.length, name).toBeGreaterThan(10);
  }
  expect(result.failures.missingModel[0].message).toMatch(/nowhere\.onnx.*404/);
  expect(result.failures.assets[0].message).toMatch(/\/nowhere\/brushwork-/);
  if (!result.cut.ok) expect(result.cut.code).toBe('unsupported-image');
  for (const [asked, got] of Object.entries(result.sizes)) expect(got).toBe(asked);
  expect(result.after).toBe(result.before);
  expect(result.leaked).toBe(0);
});

test('memory stays the same from painting to painting, and no handle is left', async ({ harness }, info) => {
  const { page } = await start(harness);
  const result = await page.evaluate(async ([url, style]) => {
    const { engine, t } = window;
    const photo = await t.bytes(url);
    const readings = [];
    for (let i = 0; i < 6; ++i) {
      await engine.stylize(photo, { style });
      readings.push({ ...engine.memory(), objects: t.objects(engine) });
    }
    return readings;
  }, [`/${PHOTO}`, styleId]);
  const [second, last] = [result[1], result.at(-1)];
  info.annotations.push({ type: 'measured', description: `now ${(last.current / 1e6).toFixed(1)} MB, peak ${(last.peak / 1e6).toFixed(1)} MB` });
  expect(last.current).toBeGreaterThan(0);
  expect(last.peak).toBeGreaterThanOrEqual(last.current);
  expect(last.peak).toBe(second.peak);
  expect(Math.abs(last.current - second.current)).toBeLessThan(65536);
  expect(last.objects).toBe(second.objects);
});

test('runs in the calling thread', async ({ harness }) => {
  const { page, backend } = await start(harness, { host: 'inline' });
  expect(backend.threads).toBe(1);
  const result = await page.evaluate(async (style) => {
    const { engine, t, bw } = window;
    const worker = await bw.Brushwork.create();
    const photo = t.picture(100, 70);
    return [await t.sha256((await engine.stylize(photo, { style })).data), await t.sha256((await worker.stylize(photo, { style })).data)];
  }, styleId);
  expect(result[0]).toBe(result[1]);
});
