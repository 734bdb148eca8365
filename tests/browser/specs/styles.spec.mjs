// Styles: the built-in ones, those of pictures, blends, weaker ones, and styles that travel as JSON.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { blendable, generator, styles } from '../support/models.mjs';

const PHOTO = '/tests/browser/fixtures/lake.jpg';
const PICTURE = `/models/${styles[1].preview}`;
const [first, second] = blendable.map(({ id }) => id);

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** A page with an engine in `window.engine`, and what most tests paint with. */
async function start(harness, create = {}, serving = {}) {
  const page = await harness(serving);
  await page.evaluate(async ([options, photoUrl]) => {
    const { bw, t } = window;
    window.engine = await bw.Brushwork.create(options);
    window.photo = await t.bytes(photoUrl);
    /** A painting's bytes as a hash. */
    window.paint = async (style, more = {}, engine = window.engine) => {
      const { data } = await engine.stylize(window.photo, { style, maxPixels: 120_000, ...more });
      return t.sha256(data);
    };
  }, [create, PHOTO]);
  return page;
}

/** Names of the models that the page asks for from now on. */
function watchModels(page) {
  const asked = [];
  page.on('request', (request) => {
    const name = /[^/]*\.(onnx|bin)$/.exec(request.url())?.[0];
    if (name) asked.push(name);
  });
  return asked;
}

test('every built-in style paints, each another painting, with one model for all', async ({ harness }) => {
  const page = await start(harness);
  const asked = watchModels(page);
  const { hashes, photo, previews, listed } = await page.evaluate(async () => {
    const { engine, paint, t } = window;
    const list = engine.styles();
    const painted = {};
    for (const { id } of list) painted[id] = await paint(id);
    const sizes = await Promise.all(list.map(async ({ preview }) => (await createImageBitmap(await (await fetch(preview)).blob())).width));
    return { hashes: painted, photo: await paint(list[0].id, { strength: 0 }), previews: sizes, listed: list };
  });
  expect(listed.map(({ id, title }) => [id, title])).toEqual(styles.map(({ id, title }) => [id, title]));
  for (const { artist, source, licence } of listed) for (const text of [artist ?? 'nobody', source, licence]) expect(text).not.toBe('');
  expect(new Set([...Object.values(hashes), photo]).size, JSON.stringify(hashes)).toBe(styles.length + 1);
  expect(Math.min(...previews)).toBeGreaterThan(60);
  expect(asked.filter((name) => name === generator.model)).toHaveLength(1);
  expect(asked).not.toContain(generator.encoder.model);
});

test('a picture makes a style: the same one twice the same, another one another', async ({ harness }) => {
  const page = await start(harness);
  const asked = watchModels(page);
  const result = await page.evaluate(async ([url, builtIn]) => {
    const { engine, paint, t } = window;
    const bytes = await t.bytes(url);
    const seen = [];
    const [one, again, waves] = await Promise.all([
      engine.styleFromImage(bytes, { onProgress: ({ fraction }) => seen.push(fraction) }),
      engine.styleFromImage(new File([bytes], 'my drawing.jpg')),
      engine.styleFromImage(t.picture(300, 200)),
    ]);
    const hashes = [];
    for (const style of [one, again, waves, builtIn]) hashes.push(await paint(style));
    return { hashes, seen, titles: [one.title, again.title], ids: [one.id, again.id, waves.id], repeated: await paint(one) };
  }, [PICTURE, first]);
  const [one, again, waves, builtIn] = result.hashes;
  expect(again).toBe(one);
  expect(result.repeated).toBe(one);
  expect(new Set([one, waves, builtIn]).size).toBe(3);
  expect(result.seen).toEqual([...result.seen].sort((a, b) => a - b));
  expect(result.seen.at(-1)).toBe(1);
  expect(result.titles).toEqual(['Picture', 'my drawing']);
  expect(new Set(result.ids).size).toBe(3);
  expect(asked.sort()).toEqual([...new Set(asked)].sort());
  expect(asked).toContain(generator.encoder.model);
});

test('pictures of any kind and shape make styles', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async () => {
    const { engine, paint, t } = window;
    const { data, width, height } = t.picture(64, 48);
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);
    const blob = await canvas.convertToBlob();
    const same = [];
    for (const picture of [{ data, width, height }, blob, await blob.arrayBuffer(), canvas]) same.push(await paint(await engine.styleFromImage(picture)));
    const shapes = [];
    for (const [w, h] of [[1, 1], [5000, 3], [3, 900], [1500, 1100]]) shapes.push(await t.outcome(engine.styleFromImage(t.picture(w, h))));
    return { same, shapes };
  });
  expect(new Set(result.same).size).toBe(1);
  for (const outcome of result.shapes) expect(outcome).toEqual({ ok: true });
});

test('a style goes as JSON text to another engine, which paints the same', async ({ harness }) => {
  const page = await start(harness);
  const texts = await page.evaluate(async ([a, b, url]) => {
    const { engine, t } = window;
    const drawn = await engine.styleFromImage(await t.bytes(url));
    const builtIn = await engine.style(a);
    const mixed = engine.mix([{ style: builtIn, weight: 1 }, { style: await engine.style(b), weight: 2 }, { style: drawn, weight: 0.3 }]);
    const found = [];
    for (const style of [builtIn, drawn, mixed]) {
      found.push({ text: JSON.stringify(style), hash: await window.paint(style), weak: await window.paint(style, { strength: 0.5 }) });
    }
    return found;
  }, [first, second, PICTURE]);
  expect(JSON.parse(texts[0].text)).toMatchObject({ version: 1, id: first, generator: generator.sha256, parts: [{ vector: styles[0].vector, weight: 1 }] });
  await start(harness); // another page
  for (const { text, hash, weak } of texts) {
    const there = await page.evaluate(async (json) => {
      const { engine, paint } = window;
      const style = engine.styleFromJSON(JSON.parse(json));
      const again = engine.styleFromJSON(structuredClone(style.toJSON()));
      return { hash: await paint(style), weak: await paint(style, { strength: 0.5 }), again: await paint(again), text: JSON.stringify(again) };
    }, text);
    expect(there).toEqual({ hash, weak, again: hash, text });
  }
});

test('a blend is neither of its styles; of a style with itself it is that style', async ({ harness }) => {
  const page = await start(harness);
  const hashes = await page.evaluate(async ([a, b]) => {
    const { engine, paint } = window;
    const [one, two] = [await engine.style(a), await engine.style(b)];
    const mix = (...weights) => engine.mix([one, two, one].slice(0, weights.length).map((style, i) => ({ style, weight: weights[i] })));
    const half = mix(1, 1);
    return {
      one: await paint(one), two: await paint(two), half: await paint(half), more: await paint(mix(3, 1)),
      same: { half: await paint(half), scaled: await paint(mix(0.5, 0.5)), large: await paint(mix(8, 8)) },
      alone: { one: await paint(mix(0.7)), zero: await paint(mix(1, 0)), thrice: await paint(engine.mix([1, 2, 4].map((weight) => ({ style: one, weight })))) },
      nested: await paint(engine.mix([{ style: half, weight: 2 }, { style: one, weight: 2 }])),
    };
  }, [first, second]);
  expect(new Set([hashes.one, hashes.two, hashes.half, hashes.more]).size).toBe(4);
  for (const [name, hash] of Object.entries(hashes.same)) expect(hash, name).toBe(hashes.half);
  for (const [name, hash] of Object.entries(hashes.alone)) expect(hash, name).toBe(hashes.one);
  expect(hashes.nested).toBe(hashes.more);
});

test('a weak style is between the photo and the painting', async ({ harness }, info) => {
  const page = await start(harness);
  const asked = watchModels(page);
  const result = await page.evaluate(async (style) => {
    const { engine, photo, t } = window;
    const paint = (strength) => engine.stylize(photo, { style, strength });
    const [none, full] = [await paint(0), await paint(1)];
    const steps = [];
    for (const strength of [0.25, 0.5, 0.75]) {
      const painting = await paint(strength);
      steps.push({ photo: t.psnr(painting, none).psnr, full: t.psnr(painting, full).psnr });
    }
    return { apart: t.psnr(none, full).psnr, steps };
  }, first);
  info.annotations.push({ type: 'measured', description: result.steps.map(({ photo, full }) => `${photo.toFixed(1)}/${full.toFixed(1)} dB`).join(', ') });
  for (const { photo, full } of result.steps) {
    expect(photo).toBeGreaterThan(result.apart);
    expect(full).toBeGreaterThan(result.apart);
  }
  const [quarter, half, most] = result.steps;
  expect(quarter.photo).toBeGreaterThan(half.photo);
  expect(half.photo).toBeGreaterThan(most.photo);
  expect(most.full).toBeGreaterThan(half.full);
  expect(half.full).toBeGreaterThan(quarter.full);
  expect(asked.filter((name) => name === generator.encoder.model)).toHaveLength(1);
});

test('strength 0 is the photo to the bit, for every kind of style', async ({ harness }) => {
  const page = await start(harness);
  const differing = await page.evaluate(async ([a, b]) => {
    const { engine, t } = window;
    const photo = t.picture(90, 70);
    const drawn = await engine.styleFromImage(t.picture(50, 50, 2));
    const mixed = engine.mix([{ style: await engine.style(a), weight: 1 }, { style: await engine.style(b), weight: 1 }]);
    const found = [];
    for (const style of [a, drawn, mixed]) {
      const { data } = await engine.stylize(photo, { style, strength: 0 });
      found.push(data.filter((value, i) => value !== photo.data[i]).length);
    }
    return found;
  }, [first, second]);
  expect(differing).toEqual([0, 0, 0]);
});

test.describe('the same bytes', () => {
  const hashes = new Map();
  const cases = [[1, true, 'none'], [2, true, 'threads'], [2, false, 'workers'], [3, false, 'workers']];
  let drawn;
  for (const [threads, isolation, parallelism] of cases) {
    test(`of a weak style, a blend and a weak blend, ${threads} thread(s), ${isolation ? 'isolated' : 'not isolated'}`, async ({ harness }) => {
      const page = await start(harness, { threads }, { isolation });
      drawn ??= await page.evaluate(async (url) => JSON.stringify(await window.engine.styleFromImage(await window.t.bytes(url))), PICTURE);
      const result = await page.evaluate(async ([a, b, json]) => {
        const { engine, t } = window;
        const photo = t.picture(500, 900);
        const style = engine.mix([{ style: await engine.style(a), weight: 1 }, { style: engine.styleFromJSON(json), weight: 2 }]);
        const paint = async (options) => t.sha256((await engine.stylize(photo, options)).data);
        const found = { weak: await paint({ style: b, strength: 0.5 }), blend: await paint({ style }), both: await paint({ style, strength: 0.3, maxPixels: 300_000 }) };
        // By now helpers are there for sure.
        const again = { weak: await paint({ style: b, strength: 0.5 }), blend: await paint({ style }), both: await paint({ style, strength: 0.3, maxPixels: 300_000 }) };
        return { found, again, parallelism: engine.backend.parallelism };
      }, [first, second, drawn]);
      expect(result.parallelism).toBe(parallelism);
      expect(result.again).toEqual(result.found);
      hashes.set(`${threads}, ${parallelism}`, result.found);
    });
  }

  test('whatever paints them', () => {
    test.skip(hashes.size < cases.length, 'not all have painted');
    const [reference, ...others] = hashes.values();
    expect(new Set(Object.values(reference)).size).toBe(3);
    for (const found of others) expect(found).toEqual(reference);
  });
});

test('styles of one picture do not spoil the next', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async ([a, b]) => {
    const { engine, paint } = window;
    const mixed = engine.mix([{ style: await engine.style(a), weight: 1 }, { style: await engine.style(b), weight: 1 }]);
    const order = [a, mixed, b, a, b, mixed];
    const finished = [];
    const together = await Promise.all(order.map((style, i) => paint(style).then((hash) => (finished.push(i), hash))));
    const alone = [];
    for (const style of order) alone.push(await paint(style));
    return { together, alone, finished };
  }, [first, second]);
  expect(result.together).toEqual(result.alone);
  expect(result.finished).toEqual([0, 1, 2, 3, 4, 5]);
});

test('what makes no sense is refused, and the engine goes on working', async ({ harness }) => {
  const page = await start(harness);
  const { failures, before, after, leaked } = await page.evaluate(async ([a, b]) => {
    const { engine, paint, t, bw } = window;
    const [one, two] = [await engine.style(a), await engine.style(b)];
    const foreign = await (await bw.Brushwork.create({ threads: 1 })).style(a);
    await engine.styleFromImage(t.picture(40, 40));
    const hash = await paint(a);
    const objects = t.objects(engine);
    const json = one.toJSON();
    const broken = (change) => engine.styleFromJSON({ ...json, ...change });
    const mix = (...parts) => engine.mix(parts);
    const controller = new AbortController();
    const aborted = engine.styleFromImage(t.picture(40, 40), { signal: controller.signal });
    aborted.catch(() => undefined); // it is awaited later
    controller.abort();
    const calls = {
      noParts: [() => engine.mix([]), 'invalid-argument', /^parts: got \[\]/],
      ids: [() => mix({ style: a, weight: 1 }), 'invalid-argument', /^parts\[0\]\.style: got "/],
      negative: [() => mix({ style: one, weight: 1 }, { style: two, weight: -1 }), 'invalid-argument', /^parts\[1\]\.weight: got -1/],
      notANumber: [() => mix({ style: one, weight: NaN }), 'invalid-argument', /^parts\[0\]\.weight: got NaN/],
      nothing: [() => mix({ style: one, weight: 0 }), 'invalid-argument', /all weights are 0/],
      foreignMix: [() => mix({ style: one, weight: 1 }, { style: foreign, weight: 1 }), 'invalid-argument', /^parts\[1\]\.style/],
      foreignStyle: [() => paint(foreign), 'invalid-argument', /^style: got/],
      jsonVersion: [() => broken({ version: 9 }), 'invalid-argument', /^json\.version: got 9/],
      jsonVector: [() => broken({ parts: [{ vector: 'AAA=', weight: 1 }] }), 'invalid-argument', /^json\.parts\[0\]\.vector: got 2 bytes/],
      jsonGenerator: [() => broken({ generator: 'f'.repeat(64) }), 'incompatible-styles', /^json\.generator/],
      jsonText: [() => engine.styleFromJSON('not JSON'), 'invalid-argument', /^json: got/],
      noPicture: [() => engine.styleFromImage(undefined), 'invalid-argument', /^picture: got undefined/],
      text: [() => engine.styleFromImage(new Blob(['Dear Theo'])), 'unsupported-image', /needed JPEG, PNG/],
      options: [() => engine.styleFromImage(t.picture(9, 9), { weight: 1 }), 'invalid-argument', /^weight: /],
      aborted: [() => aborted, 'aborted', /aborted/],
      abortedBefore: [() => engine.styleFromImage(t.picture(9, 9), { signal: AbortSignal.abort() }), 'aborted', /aborted/],
      strength: [() => paint(one, { strength: -0.1 }), 'invalid-argument', /^strength: got -0\.1/],
    };
    const outcomes = {};
    for (const [name, [call, code, message]] of Object.entries(calls)) {
      const outcome = await t.outcome((async () => call())());
      outcomes[name] = { ...outcome, asExpected: outcome.code === code && message.test(outcome.message) };
    }
    return { failures: outcomes, before: hash, after: await paint(a), leaked: t.objects(engine) - objects };
  }, [first, second]);
  for (const [name, outcome] of Object.entries(failures)) expect(outcome, `${name}: ${JSON.stringify(outcome)}`).toMatchObject({ ok: false, ours: true, asExpected: true });
  expect(after).toBe(before);
  expect(leaked).toBe(0);
});

test('styles of a user\'s own model blend with none of ours', async ({ harness, page }) => {
  const model = join(process.env.BRUSHWORK_DATA ?? join(root, '../shared/data'), 'third_party/candy.onnx');
  test.skip(!existsSync(model), `no ${model} (BRUSHWORK_DATA)`);
  await page.route('**/candy.onnx', (route) => route.fulfill({ path: model }));
  await start(harness);
  const result = await page.evaluate(async (a) => {
    const { engine, paint, t, bw } = window;
    const options = { inputRange: [0, 255], channelOrder: 'bgr', title: 'Candy' };
    const candy = await engine.styleFromModel('/candy.onnx', options);
    const builtIn = await engine.style(a);
    const small = { maxPixels: 20_000 };
    const json = JSON.stringify(candy);
    const stranger = await bw.Brushwork.create({ threads: 1 });
    return {
      mixed: await t.outcome((async () => engine.mix([{ style: builtIn, weight: 1 }, { style: candy, weight: 1 }]))()),
      unknown: await t.outcome((async () => stranger.styleFromJSON(json))()),
      parts: JSON.parse(json).parts,
      hashes: await Promise.all(
        [candy, engine.styleFromJSON(json), engine.mix([{ style: candy, weight: 2 }])].map((style) => paint(style, small)),
      ),
      weak: (await paint(candy, { ...small, strength: 0.5 })) !== (await paint(candy, small)),
    };
  }, first);
  expect(result.mixed).toMatchObject({ ok: false, code: 'incompatible-styles', ours: true });
  expect(result.unknown).toMatchObject({ ok: false, code: 'incompatible-styles', ours: true });
  expect(result.parts).toEqual([]);
  expect(new Set(result.hashes).size).toBe(1);
  expect(result.weak).toBe(true);
});

test('a download that fails is tried again, and aborted for the asker alone', async ({ harness, page, consoleErrors }) => {
  let broken = true;
  let requests = 0;
  await page.route(`**/${generator.encoder.model}`, (route) => {
    ++requests;
    if (broken) return route.fulfill({ status: 503 });
    return route.continue();
  });
  await start(harness);
  const failure = await page.evaluate((style) => window.t.outcome(window.paint(style, { strength: 0.5 })), first);
  expect(failure).toMatchObject({ ok: false, code: 'network', ours: true });
  expect(failure.message).toContain(generator.encoder.model);
  expect(await page.evaluate((style) => window.t.outcome(window.paint(style)), first)).toEqual({ ok: true });
  broken = false;
  const [aborted, ...others] = await page.evaluate(async (style) => {
    const { engine, paint, t } = window;
    const controller = new AbortController();
    const calls = [
      t.outcome(engine.styleFromImage(t.picture(30, 30), { signal: controller.signal })),
      t.outcome(engine.styleFromImage(t.picture(30, 30))),
      t.outcome(paint(style, { strength: 0.5 })),
    ];
    setTimeout(() => controller.abort());
    return Promise.all(calls);
  }, first);
  expect(aborted).toMatchObject({ ok: false, code: 'aborted' });
  for (const outcome of others) expect(outcome).toEqual({ ok: true });
  expect(requests).toBe(2);
  consoleErrors.length = 0; // the browser reports the failed download
});

test('no handle is left by styles of pictures and weak paintings', async ({ harness }) => {
  const page = await start(harness);
  const readings = await page.evaluate(async (style) => {
    const { engine, paint, t } = window;
    const all = [];
    for (let i = 0; i < 4; ++i) {
      const drawn = await engine.styleFromImage(t.picture(200, 150, i));
      await paint(drawn, { strength: 0.5 });
      await paint(style, { strength: 0.5 });
      all.push({ ...engine.memory(), objects: t.objects(engine) });
    }
    return all;
  }, first);
  const [, warm, , last] = readings;
  expect(last.objects).toBe(warm.objects);
  expect(last.peak).toBe(warm.peak);
  expect(Math.abs(last.current - warm.current)).toBeLessThan(65536);
});
