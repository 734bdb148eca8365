// One painting by several threads or workers: the same bytes as by one, whatever happens to the helpers.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';
import { watchWorkers } from '../support/workers.mjs';

const PHOTO = '/tests/browser/fixtures/lake.jpg';
const styleId = styles[0].id;

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await watchWorkers(page);
});

/** A page with an engine in `window.engine` and a photo of waves in `window.photo`. */
async function start(harness, { width, height, isolation = false, ...create }) {
  const page = await harness({ isolation });
  const backend = await page.evaluate(async ([options, w, h]) => {
    window.engine = await window.bw.Brushwork.create(options);
    if (w) window.photo = window.t.picture(w, h);
    return window.engine.backend;
  }, [create, width, height]);
  return { page, backend };
}

test.describe('the same bytes', () => {
  const hashes = { exact: new Map(), thumbnail: new Map(), large: new Map() };
  const cases = [
    ['simd', 1, true], ['simd', 2, true], ['simd', 2, false],
    ['relaxed-simd', 1, true], ['relaxed-simd', 2, true], ['relaxed-simd', 1, false], ['relaxed-simd', 2, false], ['relaxed-simd', 3, false],
  ];
  for (const [variant, threads, isolation] of cases) {
    const name = `${variant}, ${threads} thread(s), ${isolation ? 'isolated' : 'not isolated'}`;
    test(name, async ({ harness }, info) => {
      const { page, backend } = await start(harness, { variant, threads, isolation, width: 700, height: 1100 });
      expect(backend).toMatchObject({ variant, threads, parallelism: threads === 1 ? 'none' : isolation ? 'threads' : 'workers' });
      const result = await page.evaluate(async ([url, style]) => {
        const { engine, photo, t } = window;
        const bytes = await t.bytes(url);
        const paint = async (image, options) => {
          const { data, timings } = await engine.stylize(image, { style, ...options });
          return { hash: await t.sha256(data), timings };
        };
        return {
          exact: await paint(bytes, { statistics: 'exact' }),
          thumbnail: await paint(bytes, { statistics: 'thumbnail' }),
          large: await paint(photo, { strength: 0.75, maxPixels: 640_000 }),
          again: await paint(photo, { strength: 0.75, maxPixels: 640_000 }),
        };
      }, [PHOTO, styleId]);
      info.annotations.push({ type: 'measured', description: `${result.again.timings.measure.toFixed(0)} + ${result.again.timings.paint.toFixed(0)} ms` });
      expect(result.again.hash).toBe(result.large.hash);
      expect(result.large.timings.measure).toBeGreaterThan(0);
      expect(result.large.timings.paint).toBeGreaterThan(0);
      for (const source of Object.keys(hashes)) hashes[source].set(name, result[source].hash);
    });
  }

  test('whatever paints them', () => {
    test.skip(hashes.exact.size < cases.length, 'not all have painted');
    for (const [source, all] of Object.entries(hashes)) expect(new Set(all.values()).size, `${source}: ${JSON.stringify([...all])}`).toBe(1);
    expect([...hashes.exact.values()][0]).not.toBe([...hashes.thumbnail.values()][0]);
  });
});

for (const precision of ['float', 'int8']) {
  test(`a third-party model in ${precision}: one thread and two workers paint the same`, async ({ harness, page }) => {
    const model = join(process.env.BRUSHWORK_DATA ?? join(root, '../shared/data'), 'third_party/candy.onnx');
    test.skip(!existsSync(model), `no ${model} (BRUSHWORK_DATA)`);
    await page.route('**/candy.onnx', (route) => route.fulfill({ path: model }));
    await start(harness, { threads: 2, width: 520, height: 400 });
    const hashes = await page.evaluate(async (asked) => {
      const { engine, photo, t } = window;
      const paint = async (by) => {
        const style = await by.styleFromModel('/candy.onnx', { inputRange: [0, 255], channelOrder: 'bgr', precision: asked });
        const first = await t.sha256((await by.stylize(photo, { style, statistics: 'thumbnail' })).data);
        // By now the helpers have the model, too.
        return [first, await t.sha256((await by.stylize(photo, { style, statistics: 'thumbnail' })).data)];
      };
      return [...(await paint(engine)), ...(await paint(await window.bw.Brushwork.create({ threads: 1 })))];
    }, precision);
    expect(new Set(hashes).size).toBe(1);
  });
}

test('options are checked by name', async ({ harness }) => {
  const { page } = await start(harness, { threads: 2, width: 40, height: 30 });
  const result = await page.evaluate(async (style) => {
    const { engine, photo, t } = window;
    return {
      statistics: await t.outcome(engine.stylize(photo, { style, statistics: 'none' })),
      precision: await t.outcome(engine.styleFromModel(new Uint8Array(4), { precision: 'int4' })),
      threads: await t.outcome(window.bw.Brushwork.create({ threads: 0 })),
    };
  }, styleId);
  for (const [name, outcome] of Object.entries(result)) {
    expect(outcome, name).toMatchObject({ ok: false, code: 'invalid-argument', ours: true });
    expect(outcome.message).toMatch(new RegExp(`^${name}: got`));
  }
});

test('workers report progress that never goes back and ends at 1', async ({ harness }) => {
  const { page } = await start(harness, { threads: 2, width: 3000, height: 2500 });
  const seen = await page.evaluate(async (style) => {
    const reports = [];
    await window.engine.style(style);
    await window.engine.stylize(window.photo, { style, onProgress: (p) => reports.push(p) });
    return reports;
  }, styleId);
  const fractions = seen.map(({ fraction }) => fraction);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBe(1);
  expect(fractions.filter((fraction) => fraction > 0.2 && fraction < 0.9).length).toBeGreaterThan(3);
});

for (const isolation of [true, false]) {
  test(`a large painting stops midway (${isolation ? 'isolated' : 'not isolated'})`, async ({ harness }, info) => {
    const { page } = await start(harness, { threads: 2, isolation, width: 4000, height: 3000 });
    const result = await page.evaluate(async ([url, style, kept]) => {
      const { engine, photo, t } = window;
      const small = await t.bytes(url);
      const before = await t.sha256((await engine.stylize(small, { style })).data);
      // Until the helper, if there is one, has what it keeps: an engine and a model, as here.
      for (let i = 0; i < 100 && t.objects(engine) < kept; ++i) await engine.stylize(small, { style });
      const objects = t.objects(engine);
      const controller = new AbortController();
      const seen = [];
      let asked;
      const onProgress = ({ stage, fraction }) => {
        seen.push(fraction);
        if (stage === 'paint' && fraction > 0.3 && !controller.signal.aborted) {
          asked = performance.now();
          controller.abort();
        }
      };
      const outcome = await t.outcome(engine.stylize(photo, { style, signal: controller.signal, onProgress }));
      const heard = performance.now() - asked;
      const after = await t.sha256((await engine.stylize(small, { style })).data);
      return { outcome, heard, last: seen.at(-1), before, after, free: performance.now() - asked, leaked: t.objects(engine) - objects };
    }, [PHOTO, styleId, isolation ? 2 : 4]);
    info.annotations.push({ type: 'measured', description: `${result.heard.toFixed(0)} ms, next painting done after ${result.free.toFixed(0)} ms` });
    expect(result.outcome).toMatchObject({ ok: false, name: 'AbortError', code: 'aborted' });
    expect(result.last).toBeLessThan(1);
    expect(result.after).toBe(result.before);
    expect(result.leaked).toBe(0);
  });
}

for (const [parallelism, isolation] of [['threads', true], ['workers', false]]) {
  test(`${parallelism} end with the engine`, async ({ harness }) => {
    const { page, backend } = await start(harness, { threads: 3, isolation, width: 600, height: 600 });
    expect(backend.parallelism).toBe(parallelism);
    await page.evaluate((style) => window.engine.stylize(window.photo, { style }), styleId);
    await expect.poll(() => page.workers().length).toBeGreaterThanOrEqual(3);
    await page.evaluate(() => window.engine.dispose());
    await expect.poll(() => page.workers().length).toBe(0);
  });
}

test('workers start with the first style, and not for one thread', async ({ harness }) => {
  const { page } = await start(harness, { threads: 3, width: 600, height: 600 });
  expect(await page.evaluate(() => window.workers.length)).toBe(1);
  await page.evaluate((style) => window.engine.style(style), styleId);
  expect(await page.evaluate(() => window.workers.length)).toBe(3);
  const alone = await page.evaluate(async (style) => {
    window.workers.length = 0;
    const engine = await window.bw.Brushwork.create({ threads: 1 });
    await engine.stylize(window.photo, { style });
    return window.workers.length;
  }, styleId);
  expect(alone).toBe(1);
});

test('a helper that dies does not spoil the painting, and is replaced', async ({ harness }) => {
  const { page } = await start(harness, { threads: 2, width: 1600, height: 1200 });
  const result = await page.evaluate(async (style) => {
    const { engine, photo, t, workers } = window;
    const paint = async (onProgress) => t.sha256((await engine.stylize(photo, { style, onProgress })).data);
    const before = await paint();
    const killed = await paint(({ stage, fraction }) => stage === 'paint' && fraction > 0.3 && workers[1].terminate());
    const started = workers.length;
    const after = await paint();
    return { before, killed, after, started, replaced: workers.length };
  }, styleId);
  expect(result.killed).toBe(result.before);
  expect(result.after).toBe(result.before);
  expect(result.started).toBe(2);
  expect(result.replaced).toBe(3);
});

test('paints by itself where helpers do not start', async ({ harness, page, consoleErrors }) => {
  let requests = 0;
  // The engine's own worker gets its script, others do not.
  await page.route('**/web/dist/assets/brushwork-worker.js', (route) => (requests++ === 0 ? route.continue() : route.fulfill({ status: 404 })));
  await start(harness, { threads: 3, width: 600, height: 500 });
  const same = await page.evaluate(async (style) => {
    const { engine, photo, t } = window;
    const alone = await window.bw.Brushwork.create({ threads: 1, host: 'inline' });
    return (await t.sha256((await engine.stylize(photo, { style })).data)) === (await t.sha256((await alone.stylize(photo, { style })).data));
  }, styleId);
  expect(same).toBe(true);
  expect(requests).toBeGreaterThan(1);
  consoleErrors.length = 0; // the browser reports the scripts that are not there
});

for (const isolation of [true, false]) {
  test(`memory does not grow with the picture but for photo and painting (${isolation ? 'isolated' : 'not isolated'})`, async ({ harness }, info) => {
    const { page } = await start(harness, { threads: 2, isolation, width: 6000, height: 4000 });
    const result = await page.evaluate(async (style) => {
      const { engine, photo } = window;
      const painting = await engine.stylize(photo, { style, statistics: 'thumbnail' });
      return { ...engine.memory(), pictures: photo.data.length + painting.data.length };
    }, styleId);
    const beside = result.peak - result.pictures;
    info.annotations.push({ type: 'measured', description: `peak ${(result.peak / 1e6).toFixed(0)} MB, ${(beside / 1e6).toFixed(0)} MB beside photo and painting` });
    expect(beside).toBeLessThan(128e6);
  });
}

test('memory is that of all workers, and stays the same', async ({ harness }) => {
  const { page } = await start(harness, { threads: 2, width: 1000, height: 1000 });
  const readings = await page.evaluate(async (style) => {
    const { engine, photo, t } = window;
    const all = [];
    // Until the helper has what it keeps, too.
    for (let i = 0; i < 20 && t.objects(engine) < 4; ++i) await engine.stylize(photo, { style });
    for (let i = 0; i < 5; ++i) {
      await engine.stylize(photo, { style });
      all.push({ ...engine.memory(), objects: t.objects(engine) });
    }
    return all;
  }, styleId);
  const [second, last] = [readings[1], readings.at(-1)];
  expect(last.objects).toBe(second.objects);
  expect(last.objects).toBe(4); // two engines, two models
  expect(last.peak).toBeGreaterThanOrEqual(last.current);
});
