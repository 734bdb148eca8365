// Every name of the public interface, with the engine in a worker and in the calling thread.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { blendable, generator, styles } from '../support/models.mjs';

const PHOTO = '/tests/browser/fixtures/lake.jpg';
const [a, b] = blendable.map(({ id }) => id);
const STAGES = ['compile', 'decode', 'download', 'encode', 'measure', 'paint'];

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await page.addInitScript(() => {
    /** The same picture as everything that shows one. What is lossless shows the same bytes. */
    window.kinds = async ({ data, width, height }) => {
      const imageData = new ImageData(data, width, height);
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      canvas.getContext('2d').putImageData(imageData, 0, 0);
      const offscreen = new OffscreenCanvas(width, height);
      offscreen.getContext('2d').putImageData(imageData, 0, 0);
      const blob = await offscreen.convertToBlob();
      const buffer = await blob.arrayBuffer();
      const image = new Image();
      image.src = URL.createObjectURL(blob);
      const video = Object.assign(document.createElement('video'), { muted: true, srcObject: canvas.captureStream() });
      // A canvas gives its stream a frame whenever something is drawn.
      const drawing = setInterval(() => canvas.getContext('2d').putImageData(imageData, 0, 0), 20);
      await video.play();
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      clearInterval(drawing);
      return {
        lossless: {
          Blob: blob, ArrayBuffer: buffer, Uint8Array: new Uint8Array(buffer), ImageData: imageData,
          'pixels, Uint8Array': { data: new Uint8Array(data), width, height }, 'pixels, clamped': { data, width, height },
          ImageBitmap: await createImageBitmap(canvas), OffscreenCanvas: offscreen, HTMLCanvasElement: canvas, HTMLImageElement: image,
        },
        lossy: { VideoFrame: new VideoFrame(canvas, { timestamp: 0 }), HTMLVideoElement: video },
      };
    };
    /** A JPEG whose EXIF says that it is to be turned by a quarter. */
    window.turned = async (jpeg) => {
      const bytes = new Uint8Array(await jpeg.arrayBuffer());
      const tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
      const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
      return new Blob([bytes.subarray(0, 2), new Uint8Array([0xff, 0xe1, 0, exif.length + 2, ...exif]), bytes.subarray(2)], { type: 'image/jpeg' });
    };
  });
});

for (const host of ['worker', 'inline']) {
  test.describe(`host: ${host}`, () => {
    /** A page with an engine in `window.engine`. */
    async function start(harness) {
      const page = await harness();
      await page.evaluate(async (where) => (window.engine = await window.bw.Brushwork.create({ host: where, threads: 2, backend: 'wasm' })) && undefined, host);
      return page;
    }

    test('create: every option, and what it says of itself', async ({ harness }) => {
      const page = await harness();
      const result = await page.evaluate(async (where) => {
        const progress = [];
        const engine = await window.bw.Brushwork.create({
          backend: 'auto', threads: 2, assets: '/web/dist/assets', cache: false, host: where, signal: new AbortController().signal,
          onProgress: (report) => progress.push(report),
        });
        const { backend } = engine;
        const memory = engine.memory();
        engine.dispose();
        return { backend, memory, progress, isDisposable: typeof engine[Symbol.dispose] };
      }, host);
      expect(result.backend).toMatchObject({ kind: 'wasm', variant: 'relaxed-simd', threads: host === 'worker' ? 2 : 1, parallelism: host === 'worker' ? 'threads' : 'none' });
      expect(result.backend.reasons.length).toBeGreaterThanOrEqual(3);
      expect(result.memory.peak).toBeGreaterThanOrEqual(result.memory.current);
      expect(result.memory.current).toBeGreaterThan(0);
      expect(result.progress.at(-1).fraction).toBe(1);
      expect(new Set(result.progress.map(({ stage }) => stage))).toEqual(new Set(['download', 'compile']));
      expect(result.isDisposable).toBe('function');
    });

    test('styles, style: all that are built in, each with its preview', async ({ harness }) => {
      const page = await start(harness);
      const seen = await page.evaluate(async () => {
        const all = [];
        for (const info of window.engine.styles()) {
          const image = new Image();
          image.src = info.preview;
          await image.decode();
          const { id, title } = await window.engine.style(info.id);
          all.push({ ...info, width: image.naturalWidth, same: id === info.id && title === info.title });
        }
        return all;
      });
      expect(seen.map(({ id }) => id)).toEqual(styles.map(({ id }) => id));
      expect(seen.length).toBeGreaterThanOrEqual(10);
      for (const { id, title, source, licence, width, same } of seen) {
        expect([title, source, licence].every((text) => typeof text === 'string' && text.length > 2), id).toBe(true);
        expect(width, id).toBeGreaterThan(100);
        expect(same, id).toBe(true);
      }
    });

    test('stylize and styleFromImage take every kind of picture alike', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async (style) => {
        const { engine, t } = window;
        const photo = t.picture(96, 64);
        const { lossless, lossy } = await window.kinds(photo);
        const seen = { lossless: {}, styles: {}, lossy: {} };
        const reference = await engine.stylize(photo, { style });
        for (const [name, picture] of Object.entries(lossless)) {
          seen.lossless[name] = await t.sha256((await engine.stylize(picture, { style })).data);
          seen.styles[name] = JSON.stringify((await engine.styleFromImage(picture)).toJSON().parts);
        }
        for (const [name, picture] of Object.entries(lossy)) {
          seen.lossy[name] = t.psnr(await engine.stylize(picture, { style }), reference).psnr;
          await engine.styleFromImage(picture);
        }
        // Masks, too.
        const masked = {};
        for (const [name, mask] of Object.entries(lossless)) masked[name] = await t.sha256((await engine.stylize(photo, { style, mask })).data);
        return { ...seen, masked, kept: lossless.ArrayBuffer.byteLength > 0 && photo.data.length > 0, open: lossy.VideoFrame.format !== null };
      }, a);
      for (const kind of ['lossless', 'styles', 'masked']) expect(new Set(Object.values(result[kind])).size, JSON.stringify(result[kind])).toBe(1);
      for (const [name, psnr] of Object.entries(result.lossy)) expect(psnr, name).toBeGreaterThan(25);
      expect(result).toMatchObject({ kept: true, open: true });
    });

    test('a photo is turned as its EXIF says', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async (style) => {
        const { engine, t } = window;
        const jpeg = await (await engine.stylize(t.picture(90, 60), { style, strength: 0 })).toBlob('image/jpeg', 0.95);
        const turned = await engine.stylize(await window.turned(jpeg), { style, strength: 0 });
        const plain = await engine.stylize(jpeg, { style, strength: 0 });
        const same = [[0, 0, 59, 0], [89, 0, 59, 89], [0, 59, 0, 0], [40, 20, 39, 40]].every(([x, y, toX, toY]) =>
          [0, 1, 2].every((c) => plain.data[(y * 90 + x) * 4 + c] === turned.data[(toY * 60 + toX) * 4 + c]));
        return { size: [turned.width, turned.height], same };
      }, a);
      expect(result).toEqual({ size: [60, 90], same: true });
    });

    test('strength, alpha, maxPixels, statistics, and the painting\'s own methods', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async (style) => {
        const { engine, t } = window;
        const photo = t.picture(300, 200);
        photo.data.forEach((_, i) => { if (i % 4 === 3) photo.data[i] = (i * 7) % 256; });
        const paint = (options) => engine.stylize(photo, { style, ...options });
        const [none, weak, full, small] = [await paint({ strength: 0 }), await paint({ strength: 0.4 }), await paint(), await paint({ maxPixels: 5000 })];
        const [exact, thumbnail] = [await paint({ statistics: 'exact' }), await paint({ statistics: 'thumbnail' })];
        const distance = (painting) => 99 - t.psnr(painting, photo).psnr;
        const imageData = full.toImageData();
        const bitmap = await full.toImageBitmap();
        const [png, jpeg, webp] = [await full.toBlob(), await full.toBlob('image/jpeg', 0.8), await full.toBlob('image/webp', 0.8)];
        return {
          photo: none.data.every((value, i) => value === photo.data[i]),
          between: distance(weak) > 0 && distance(weak) < distance(full),
          alpha: [full, weak, exact].every(({ data }) => data.every((value, i) => i % 4 !== 3 || value === photo.data[i])),
          small: small.width * small.height <= 5000 && small.width / small.height === 1.5,
          auto: await t.sha256(full.data) === await t.sha256(thumbnail.data),
          exact: t.psnr(exact, full).psnr,
          imageData: [imageData.width, imageData.height, imageData.data.length],
          bitmap: [bitmap.width, bitmap.height],
          types: [png.type, jpeg.type, webp.type],
          timings: Object.keys(full.timings).sort(),
        };
      }, a);
      expect(result).toMatchObject({ photo: true, between: true, alpha: true, auto: true, imageData: [300, 200, 240000], bitmap: [300, 200] });
      expect(result.types).toEqual(['image/png', 'image/jpeg', 'image/webp']);
      expect(result.timings).toEqual(STAGES);
      expect(result.exact).toBeGreaterThan(15); // another painting in the same style
      expect(result.exact).toBeLessThan(99);
    });

    test('styleFromModel, styleFromJSON, mix', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async ([url, first, second, options]) => {
        const { engine, t } = window;
        const photo = t.picture(64, 48);
        const bytes = await t.bytes(url);
        const hash = async (style) => t.sha256((await engine.stylize(photo, { style })).data);
        const sources = { Uint8Array: bytes, ArrayBuffer: bytes.slice().buffer, Blob: new Blob([bytes]), string: url, URL: new URL(url, location.href) };
        const models = {};
        for (const [name, source] of Object.entries(sources)) {
          const style = await engine.styleFromModel(source, { title: name, ...options });
          models[name] = { title: style.title, hash: await hash(style) };
        }
        const [one, two] = [await engine.style(first), await engine.style(second)];
        const mixed = engine.mix([{ style: one, weight: 3 }, { style: two, weight: 1 }]);
        const copies = [JSON.stringify(mixed), structuredClone(mixed.toJSON())].map((json) => engine.styleFromJSON(json));
        return {
          models, kept: bytes.length > 0,
          mixed: await hash(mixed), copies: await Promise.all(copies.map(hash)), ends: [await hash(one), await hash(two)],
          alone: await hash(engine.mix([{ style: one, weight: 5 }, { style: two, weight: 0 }])),
          incompatible: await t.outcome((async () => engine.mix([{ style: one, weight: 1 }, { style: await engine.styleFromModel(bytes, { inputRange: [0, 2] }), weight: 1 }]))()),
        };
      }, [`/models/${generator.model}`, a, b, { inputRange: generator.inputRange, outputRange: generator.outputRange, channelOrder: generator.channelOrder, precision: 'auto' }]);
      expect(new Set(Object.values(result.models).map(({ hash }) => hash)).size).toBe(1);
      for (const [name, { title }] of Object.entries(result.models)) expect(title).toBe(name);
      expect(result.kept).toBe(true);
      expect(result.copies).toEqual([result.mixed, result.mixed]);
      expect(result.alone).toBe(result.ends[0]);
      expect(new Set([result.mixed, ...result.ends]).size).toBe(3);
      expect(result.incompatible).toMatchObject({ ok: false, code: 'incompatible-styles' });
    });

    test('progress of every call never goes back, and ends at 1', async ({ harness }) => {
      const page = await harness();
      const seen = await page.evaluate(async ([url, model, style, where]) => {
        const { bw, t } = window;
        const photo = await t.bytes(url);
        const reports = {};
        const watch = (name) => ({ onProgress: (progress) => (reports[name] ??= []).push(progress) });
        const engine = await bw.Brushwork.create({ host: where, backend: 'wasm', ...watch('create') });
        await engine.style(style, watch('style'));
        await engine.styleFromImage(photo, watch('styleFromImage'));
        await engine.styleFromModel(model, watch('styleFromModel'));
        await engine.stylize(photo, { style, ...watch('stylize') });
        await engine.stylize(photo, { style, brush: 0.6, strength: 0.7, mask: t.picture(9, 9), preserveColor: 0.5, ...watch('composed') });
        await engine.stylize(t.picture(40, 30), { style, statistics: 'exact', ...watch('small') });
        return reports;
      }, [PHOTO, `/models/${generator.model}`, a, host]);
      expect(Object.keys(seen)).toHaveLength(7);
      for (const [name, reports] of Object.entries(seen)) {
        const fractions = reports.map(({ fraction }) => fraction);
        expect(fractions, name).toEqual([...fractions].sort((x, y) => x - y));
        expect(fractions.at(-1), name).toBe(1);
        for (const { stage, done, total } of reports) {
          expect(STAGES, name).toContain(stage);
          expect(done, name).toBeLessThanOrEqual(total);
        }
      }
    });

    test('an abort at every stage of every call is an AbortError, and the engine goes on', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async ([url, model, style, where]) => {
        const { bw, t } = window;
        const photo = await t.bytes(url);
        const outcomes = {};
        const abortAt = async (name, stage, call) => {
          const controller = new AbortController();
          let seen = false;
          const onProgress = (progress) => {
            if (progress.stage !== stage || seen) return;
            seen = true;
            controller.abort();
          };
          outcomes[`${name}, ${stage}`] = { ...(await t.outcome(call({ signal: controller.signal, onProgress }))), seen };
        };
        const fresh = () => bw.Brushwork.create({ host: where, cache: false, backend: 'wasm' });
        for (const stage of ['download', 'compile']) await abortAt('create', stage, (call) => bw.Brushwork.create({ host: where, cache: false, backend: 'wasm', ...call }));
        const engine = await fresh();
        await abortAt('style', 'download', (call) => engine.style(style, call));
        await abortAt('stylize', 'download', (call) => engine.stylize(photo, { style, strength: 0.5, ...call }));
        await engine.style(style);
        for (const stage of ['decode', 'measure', 'paint']) await abortAt('stylize', stage, (call) => engine.stylize(photo, { style, ...call }));
        await abortAt('stylize with brush', 'paint', (call) => engine.stylize(photo, { style, brush: 0.5, ...call }));
        const other = await fresh();
        for (const stage of ['download', 'decode']) await abortAt('styleFromImage', stage, (call) => (stage === 'download' ? other : engine).styleFromImage(photo, call));
        await abortAt('styleFromModel', 'download', (call) => engine.styleFromModel(model, call));
        const hash = async (by) => t.sha256((await by.stylize(photo, { style })).data);
        return { outcomes, hashes: [await hash(engine), await hash(other), await hash(window.engine)], objects: t.objects(engine) };
      }, [PHOTO, `/models/${generator.model}`, a, host]);
      for (const [name, outcome] of Object.entries(result.outcomes)) {
        expect(outcome, name).toMatchObject({ ok: false, name: 'AbortError', code: 'aborted', ours: true, seen: true });
      }
      expect(new Set(result.hashes).size).toBe(1);
    });

    test('dispose rejects what is in flight and everything after, at every stage', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async ([url, style, where]) => {
        const { bw, t } = window;
        const photo = await t.bytes(url);
        const outcomes = {};
        for (const stage of ['download', 'decode', 'measure', 'paint']) {
          const engine = await bw.Brushwork.create({ host: where, cache: false, backend: 'wasm' });
          const onProgress = (progress) => progress.stage === stage && engine.dispose();
          const [first, second] = [t.outcome(engine.stylize(photo, { style, onProgress })), t.outcome(engine.stylize(photo, { style }))];
          outcomes[stage] = [await first, await second, await t.outcome(engine.stylize(photo, { style }))];
        }
        const engine = await bw.Brushwork.create({ host: where, backend: 'wasm' });
        const painting = await engine.stylize(photo, { style });
        engine[Symbol.dispose]();
        engine.dispose();
        const after = [painting.toBlob(), engine.style(style), engine.styleFromImage(photo), engine.styleFromModel(new Uint8Array(9))];
        const sync = [() => engine.styles(), () => engine.mix([]), () => engine.styleFromJSON({}), () => engine.video({ style })];
        outcomes.after = await Promise.all([...after, ...sync.map(async (call) => call())].map(t.outcome));
        return { outcomes, pixels: painting.toImageData().width };
      }, [PHOTO, a, host]);
      for (const [stage, outcomes] of Object.entries(result.outcomes)) {
        outcomes.forEach((outcome, i) => expect(outcome, `${stage} ${i}`).toMatchObject({ ok: false, code: 'disposed', ours: true }));
      }
      expect(result.pixels).toBeGreaterThan(0);
    });

    test('calls at the same time are served in turn, and never mixed up', async ({ harness }) => {
      const page = await start(harness);
      const result = await page.evaluate(async ([first, second]) => {
        const { engine, t } = window;
        const calls = Array.from({ length: 12 }, (_, i) => [t.picture(60 + i * 9, 140 - i * 7, i), { style: i % 2 ? first : second, ...(i % 3 === 0 && { brush: 0.5 }) }]);
        const order = [];
        const together = await Promise.all(calls.map(async ([photo, options], i) => {
          const { data } = await engine.stylize(photo, options);
          order.push(i);
          return t.sha256(data);
        }));
        const alone = [];
        for (const [photo, options] of calls) alone.push(await t.sha256((await engine.stylize(photo, options)).data));
        return { together, alone, order };
      }, [a, b]);
      expect(result.together).toEqual(result.alone);
      expect(new Set(result.alone).size).toBe(12);
      expect(result.order).toEqual([...result.order].sort((x, y) => x - y));
    });
  });
}
