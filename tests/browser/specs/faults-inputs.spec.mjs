// Inputs of every wrong kind, one after the other: each is refused for what it is, and the engine paints on as before.
import { expect, root, test } from '../support/fixtures.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** In the page: pictures that are none, each with the codes that it may be refused with. */
function wrongPictures() {
  const { t } = window;
  const canvas = (width, height) => Object.assign(document.createElement('canvas'), { width, height });
  const detached = () => {
    const bytes = new Uint8Array(64);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    return bytes;
  };
  const closedBitmap = async () => {
    const bitmap = await createImageBitmap(new ImageData(4, 4));
    bitmap.close();
    return bitmap;
  };
  const closedFrame = () => {
    const frame = new VideoFrame(t.picture(4, 4).data, { format: 'RGBA', codedWidth: 4, codedHeight: 4, timestamp: 0 });
    frame.close();
    return frame;
  };
  const hostile = (name) => ({ data: new Uint8Array(16), width: 2, height: 2, get [name]() { throw new Error('a getter that throws'); } });
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const pixels = (data, width, height) => ({ data, width, height });
  const bad = ['invalid-argument'];
  const damaged = ['unsupported-image'];
  return {
    'a detached buffer': [() => detached().buffer, bad],
    'a view of one': [() => detached(), [...bad, ...damaged]],
    'pixels in one': [() => pixels(detached(), 4, 4), bad],
    'a closed ImageBitmap': [closedBitmap, bad],
    'a closed VideoFrame': [closedFrame, bad],
    'a canvas of 0 by 0': [() => canvas(0, 0), bad],
    'a canvas of 0 by 9': [() => canvas(0, 9), bad],
    'an OffscreenCanvas of 0 by 0': [() => new OffscreenCanvas(0, 0), bad],
    'a canvas beyond what browsers have': [() => canvas(40_000, 40_000), ['image-too-large']],
    'an img without a source': [() => new Image(), damaged],
    'an img that is broken': [() => Object.assign(new Image(), { src: 'data:image/png;base64,AAAA' }), damaged],
    'a video without a source': [() => document.createElement('video'), bad],
    'pixels of 0 by 0': [() => pixels(new Uint8Array(0), 0, 0), bad],
    'too few pixels': [() => pixels(new Uint8Array(15), 2, 2), bad],
    'too many pixels': [() => pixels(new Uint8Array(17), 2, 2), bad],
    'pixels of huge sides': [() => pixels(new Uint8Array(16), 2 ** 31, 2 ** 31), bad],
    'pixels of infinite sides': [() => pixels(new Uint8Array(16), Infinity, 2), bad],
    'pixels of no number': [() => pixels(new Uint8Array(16), NaN, 2), bad],
    'pixels of broken sides': [() => pixels(new Uint8Array(16), 2.5, 2), bad],
    'pixels of negative sides': [() => pixels(new Uint8Array(16), -2, -2), bad],
    'pixels in floats': [() => pixels(new Float32Array(16), 2, 2), bad],
    'pixels in a list': [() => pixels(Array(16).fill(1), 2, 2), bad],
    'pixels whose getter throws': [() => hostile('width'), bad],
    'data whose getter throws': [() => hostile('data'), bad],
    'a revoked proxy': [revoked, bad],
    'a shared buffer': [() => (window.crossOriginIsolated ? new SharedArrayBuffer(16) : 7), bad],
    'an empty Blob': [() => new Blob([]), damaged],
    'an empty buffer': [() => new ArrayBuffer(0), damaged],
    'text': [() => new Blob(['no picture']), damaged],
    'a PNG of a header alone': [() => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xd, 0xa, 0x1a, 0xa]), damaged],
    'a JPEG that ends at once': [() => new Uint8Array([0xff, 0xd8, 0xff]), damaged],
    'a DataView': [() => new DataView(new ArrayBuffer(8)), bad],
    'a Promise': [() => ({ then: 7 }), bad],
    'a symbol': [() => Symbol('x'), bad],
    'a bigint': [() => 12n, bad],
    'a function': [() => () => undefined, bad],
    'null': [() => null, bad],
    'nothing': [() => undefined, bad],
    'a URL': [() => 'https://example.com/photo.jpg', bad],
    'an object without a prototype': [() => Object.create(null), bad],
  };
}

/** Options that make no sense. */
function wrongOptions(style) {
  return [
    null, undefined, 7, 'style', [], {}, { style: null }, { style: 7 }, { style: {} }, { style: 'no such style' }, { style: Symbol('x') },
    ...[NaN, Infinity, -1, 2, '1', null, {}, true, 1n].map((strength) => ({ style, strength })),
    ...[NaN, Infinity, -1, 0, '1', null].map((brush) => ({ style, brush })),
    ...[NaN, 0, -5, '9', null].map((maxPixels) => ({ style, maxPixels })),
    ...[NaN, 2, -1, 'yes', null].map((preserveColor) => ({ style, preserveColor })),
    ...[null, 7, 'abc', {}, new Blob(['x'])].map((mask) => ({ style, mask })),
    ...[null, 7, 'exactly'].map((statistics) => ({ style, statistics })),
    ...[null, 7, {}, { aborted: false }].map((signal) => ({ style, signal })),
    ...[null, 7, {}].map((onProgress) => ({ style, onProgress })),
    { style, onRows: 7 }, { style, size: 7 },
  ];
}

for (const [host, isolation] of [['worker', true], ['worker', false], ['inline', false]]) {
  test(`pictures, masks, models, options and styles that are none (${host}, ${isolation ? 'isolated' : 'not isolated'})`, async ({ harness }) => {
    const page = await harness({ isolation });
    await page.evaluate(`window.wrongPictures = ${wrongPictures}; window.wrongOptions = ${wrongOptions}`);
    const result = await page.evaluate(async ([create, style]) => {
      const { bw, t } = window;
      const engine = await bw.Brushwork.create(create);
      const photo = t.picture(90, 70);
      const paint = async () => t.sha256((await engine.stylize(photo, { style })).data);
      const first = await paint();
      const seen = [];
      const note = async (name, allowed, call) => seen.push({ name, allowed, outcome: await t.outcome((async () => call())()), same: (await paint()) === first });
      for (const [name, [make, allowed]] of Object.entries(window.wrongPictures())) {
        const made = make();
        const input = name === 'a revoked proxy' ? made : await made; // not even its `then` can be read
        await note(name, allowed, () => engine.stylize(input, { style }));
        if (input !== undefined) await note(`mask: ${name}`, allowed, () => engine.stylize(photo, { style, mask: input }));
        await note(`style of ${name}`, allowed, () => engine.styleFromImage(input));
        await note(`model of ${name}`, ['invalid-argument', 'invalid-model', 'unsupported-model', 'network'], () => engine.styleFromModel(typeof input === 'string' ? 'http://[no' : input));
      }
      for (const [i, wrong] of window.wrongOptions(style).entries()) {
        await note(`options ${i}`, ['invalid-argument', 'unsupported-image', 'incompatible-styles'], () => engine.stylize(photo, wrong));
      }
      for (const [i, json] of [null, 7, '', '{', '[]', {}, { generator: 7 }, { id: 'x', title: 'y', generator: 'z', parts: [] }].entries()) {
        await note(`JSON ${i}`, ['invalid-argument', 'incompatible-styles'], () => engine.styleFromJSON(json));
      }
      for (const [i, parts] of [null, [], [7], [{}], [{ style: 7, weight: 1 }], [{ style: await engine.style(style), weight: NaN }], [{ style: await engine.style(style), weight: 0 }]].entries()) {
        await note(`parts ${i}`, ['invalid-argument'], () => engine.mix(parts));
      }
      const painting = await engine.stylize(photo, { style });
      for (const [type, quality] of [['image/gif'], [7], [null], ['image/jpeg', NaN], ['image/jpeg', -1], ['image/png', 'high']]) {
        await note(`file ${String(type)} ${quality}`, ['invalid-argument'], () => painting.toBlob(type, quality));
      }
      const objects = t.objects(engine);
      engine.dispose();
      return { seen, objects };
    }, [{ host, threads: host === 'inline' ? 1 : 2 }, styleId]);
    expect(result.seen.length).toBeGreaterThan(200);
    for (const { name, allowed, outcome, same } of result.seen) {
      expect(outcome, name).toMatchObject({ ok: false, ours: true, name: 'BrushworkError' });
      expect(allowed, `${name}: ${outcome.code}: ${outcome.message}`).toContain(outcome.code);
      expect(outcome.message, name).toMatch(/\w{3}/);
      expect(same, name).toBe(true);
    }
  });
}

test('a canvas that holds the pixels of another site keeps them back', async ({ harness, page }) => {
  await page.route('**/harness.html', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': '' } });
  });
  await harness({ isolation: false });
  await page.route('http://pictures.invalid/**', (route) => route.fulfill({ path: join(root, 'tests/browser/fixtures/lake.jpg') }));
  const outcome = await page.evaluate(async ([url, style]) => {
    const image = Object.assign(new Image(), { src: url });
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: 20, height: 20 });
    canvas.getContext('2d').drawImage(image, 0, 0, 20, 20);
    const engine = await window.bw.Brushwork.create({ threads: 1 });
    const outcomes = [await window.t.outcome(engine.stylize(canvas, { style })), await window.t.outcome(engine.stylize(image, { style })), await window.t.outcome(engine.stylize(window.t.picture(20, 20), { style }))];
    engine.dispose();
    return outcomes;
  }, ['http://pictures.invalid/lake.jpg', styleId]);
  for (const refused of outcome.slice(0, 2)) {
    expect(refused).toMatchObject({ ok: false, code: 'invalid-argument', ours: true });
    expect(refused.message).toMatch(/another site/);
  }
  expect(outcome[2]).toEqual({ ok: true });
});

test('views of shared and of resizable memory are pictures like others, as they were when the call came', async ({ harness, page }) => {
  await harness({ isolation: true });
  const hashes = await page.evaluate(async (style) => {
    const { bw, t } = window;
    const engine = await bw.Brushwork.create({ threads: 1 });
    const { data, width, height } = t.picture(60, 40);
    const shared = new Uint8ClampedArray(new SharedArrayBuffer(data.length));
    const resizable = new Uint8Array(new ArrayBuffer(data.length, { maxByteLength: 2 * data.length }));
    const offset = new Uint8Array(data.length + 8).subarray(4, 4 + data.length);
    const encoded = new Uint8Array(await (await (await engine.stylize({ data, width, height }, { style, strength: 0 })).toBlob()).arrayBuffer());
    const sharedFile = new Uint8Array(new SharedArrayBuffer(encoded.length));
    sharedFile.set(encoded);
    const all = [];
    for (const view of [data, shared, resizable, offset]) {
      view.set(data);
      const painting = engine.stylize({ data: view, width, height }, { style });
      if (view !== data) view.fill(0);
      if (view === resizable) view.buffer.resize(0);
      all.push(await t.sha256((await painting).data));
    }
    for (const file of [encoded, sharedFile]) all.push(await t.sha256((await engine.stylize(file, { style })).data));
    engine.dispose();
    return all;
  }, styleId);
  expect(new Set(hashes).size).toBe(1);
});
