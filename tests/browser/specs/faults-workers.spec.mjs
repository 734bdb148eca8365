// Workers that are killed: what was in flight ends, in an error or a painting, and the engine goes on with others, as if nothing had been.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { generator, styles } from '../support/models.mjs';
import { watchWorkers } from '../support/workers.mjs';

const styleId = styles[0].id;
const MODEL = `/web/dist/assets/${generator.model}`;
/** Until then nobody knows that a worker is gone which has never said anything. */
const STALL_MS = 60_000;

test.beforeEach(async ({ page }) => {
  readFileSync(join(root, 'web/dist/index.js')); // it is to be built first
  await watchWorkers(page);
  await page.addInitScript(() => {
    const roles = { engine: ['engine'], others: ['helper', 'thread'] };
    window.kill = (who) => window.workers.filter(({ role }) => roles[who].includes(role)).forEach((worker) => worker.terminate());
  });
});

/** An engine with everything that it can have: a built-in style, one of a picture, one of a user's model. What they paint is `window.first`. */
async function prepare(harness, { isolation, threads = 2 }) {
  const page = await harness({ isolation });
  const backend = await page.evaluate(async ([style, url, count]) => {
    const { t, bw } = window;
    const engine = await bw.Brushwork.create({ threads: count });
    window.engine = engine;
    window.photo = t.picture(700, 600);
    const own = await engine.styleFromModel(url, { title: 'mine', inputRange: [0, 255] });
    const painted = await engine.styleFromImage(t.picture(64, 64, 3));
    window.kinds = [{ style }, { style, strength: 0.5 }, { style: own }, { style: painted }, { style: engine.mix([{ style: painted, weight: 1 }, { style: await engine.style(style), weight: 1 }]) }];
    window.paintAll = async () => {
      const hashes = [];
      for (const kind of window.kinds) hashes.push(await t.sha256((await engine.stylize(window.photo, kind)).data));
      return hashes;
    };
    window.first = await window.paintAll();
    return engine.backend;
  }, [styleId, MODEL, threads]);
  expect(backend.parallelism).toBe(threads === 1 ? 'none' : isolation ? 'threads' : 'workers');
  return page;
}

/** An error that says what has happened, or none. */
function expectClear(outcome, what) {
  if (outcome.ok) return;
  expect(outcome, what).toMatchObject({ code: 'internal', name: 'BrushworkError', ours: true });
  expect(outcome.message, what).toMatch(/worker ended|thread failed/);
}

/**
 * A browser lets a worker that waits for others, as threads do, live some seconds longer. So long it works, and only then it is missed: by the
 * next call.
 */
async function untilMissed(page, { who, isolation }) {
  if (who !== 'others' || !isolation) return;
  await page.waitForTimeout(4000);
  expectClear(await page.evaluate(() => window.t.outcome(window.engine.stylize(window.photo, window.kinds[0]))), 'then');
}

/** The engine paints what it has painted before, in every style, and its workers are as many as at first, where that is known. */
async function expectSound(page, workers) {
  expect(await page.evaluate(async () => (await window.paintAll()).map((hash, i) => hash === window.first[i]))).toEqual([true, true, true, true, true]);
  // One that was killed before it had started is missed half a minute later.
  if (workers !== undefined) await expect.poll(() => page.workers().length).toBe(workers);
}

async function expectEnds(page) {
  await page.evaluate(() => window.engine.dispose());
  await expect.poll(() => page.workers().length).toBe(0);
}

const setups = [
  { name: 'the engine, isolated', who: 'engine', isolation: true },
  { name: 'a thread', who: 'others', isolation: true },
  { name: 'the engine, not isolated', who: 'engine', isolation: false },
  { name: 'a helper', who: 'others', isolation: false },
  { name: 'the engine, alone', who: 'engine', isolation: false, threads: 1 },
];

for (const { name, ...setup } of setups) {
  const { who } = setup;
  const isThread = who === 'others' && setup.isolation;
  test.describe(`${name} is killed`, () => {
    const workers = name === 'a helper' ? undefined : (setup.threads ?? 2);

    test('while it paints, again and again', async ({ harness }) => {
      const page = await prepare(harness, setup);
      // Helpers are replaced so often, and no more.
      for (let i = 0; i < (name === 'a helper' ? 2 : 3); ++i) {
        const outcome = await page.evaluate(async (victim) => {
          const { engine, t, kinds, photo } = window;
          let killed = false;
          const onProgress = ({ stage, fraction }) => {
            if (stage !== 'paint' || fraction < 0.3 || killed) return;
            killed = true;
            window.kill(victim);
          };
          let hash;
          const result = await t.outcome(engine.stylize(photo, { ...kinds[0], onProgress }).then(async ({ data }) => (hash = await t.sha256(data))));
          const again = await t.outcome(engine.stylize(photo, kinds[0]));
          return { result, again, killed, same: hash === window.first[0] };
        }, who);
        expect(outcome.killed).toBe(true);
        expectClear(outcome.result, name);
        // Helpers are not what a painting depends on, and a thread may have done its part.
        expect(outcome.result.ok && !outcome.same).toBe(false);
        if (name === 'a helper') expect(outcome.result).toEqual({ ok: true });
        if (who === 'engine') expect(outcome.result.ok).toBe(false);
        expectClear(outcome.again, name);
        if (!isThread) expect(outcome.again).toEqual({ ok: true });
      }
      await untilMissed(page, setup);
      await expectSound(page, workers);
      await expectEnds(page);
    });

    test('while it has nothing to do', async ({ harness }) => {
      const page = await prepare(harness, setup);
      for (const pause of [200, 0]) {
        const outcomes = await page.evaluate(async ([victim, wait]) => {
          const { engine, t, kinds, photo } = window;
          window.kill(victim);
          await new Promise((resolve) => setTimeout(resolve, wait));
          const outcome = await t.outcome(engine.stylize(photo, kinds[0]));
          const again = await t.outcome(engine.stylize(photo, kinds[0]));
          return { outcome, again };
        }, [who, pause]);
        expectClear(outcomes.outcome, `${pause} ms`);
        expectClear(outcomes.again, `${pause} ms`);
        if (pause > 0 && !isThread) expect(outcomes.outcome).toEqual({ ok: true });
        if (!isThread) expect(outcomes.again).toEqual({ ok: true });
      }
      await untilMissed(page, setup);
      await expectSound(page, workers);
      await expectEnds(page);
    });

    test('while a style is loaded', async ({ harness }) => {
      const page = await prepare(harness, setup);
      const outcomes = await page.evaluate(async ([victim, url]) => {
        const { engine, t } = window;
        const results = [];
        const bytes = await t.bytes(url);
        for (const wait of [0, 5, 40]) {
          const loading = t.outcome(engine.styleFromModel(bytes));
          await new Promise((resolve) => setTimeout(resolve, wait));
          window.kill(victim);
          results.push(await loading);
          results.push(await t.outcome(engine.styleFromModel(bytes)));
          results.push(await t.outcome(engine.styleFromModel(bytes)));
        }
        return results;
      }, [who, MODEL]);
      for (const outcome of outcomes) expectClear(outcome, name);
      if (!isThread) expect(outcomes.filter((_, i) => i % 3 === 2)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
      await untilMissed(page, setup);
      await expectSound(page, workers);
      await expectEnds(page);
    });

    test('in the middle of a video', async ({ harness }) => {
      const page = await prepare(harness, setup);
      const result = await page.evaluate(async (victim) => {
        const { engine, t, kinds } = window;
        const film = async (killAt) => {
          const { readable, writable } = engine.video({ ...kinds[0], pacing: 'every-frame' });
          const photo = t.picture(320, 240);
          const hashes = [];
          const write = async () => {
            const writer = writable.getWriter();
            for (let i = 0; i < 6; ++i) await writer.write(new VideoFrame(photo.data, { format: 'RGBA', codedWidth: 320, codedHeight: 240, timestamp: i * 1000 }));
            await writer.close();
          };
          const read = async () => {
            const reader = readable.getReader();
            for (;;) {
              const { done, value } = await reader.read();
              if (done) return;
              const bytes = new Uint8Array(value.allocationSize());
              await value.copyTo(bytes);
              value.close();
              hashes.push(await t.sha256(bytes));
              if (hashes.length === killAt) window.kill(victim);
            }
          };
          const [written, seen] = await Promise.all([t.outcome(write()), t.outcome(read())]);
          return { hashes, written, seen };
        };
        return { before: await film(), killed: await film(3), after: await film(), engine: engine.backend };
      }, who);
      expect(result.before.seen).toEqual({ ok: true });
      expectClear(result.killed.seen, name);
      expectClear(result.killed.written, name);
      expect(result.killed.hashes).toEqual(result.before.hashes.slice(0, result.killed.hashes.length));
      expectClear(result.after.seen, name);
      if (!isThread) expect(result.after.hashes).toEqual(result.before.hashes);
      await untilMissed(page, setup);
      await expectSound(page, workers);
      await expectEnds(page);
    });
  });
}

for (const isolation of [true, false]) {
  test(`an engine is killed while it starts (${isolation ? 'isolated' : 'not isolated'})`, async ({ harness }) => {
    test.setTimeout(4 * STALL_MS);
    const page = await harness({ isolation });
    const results = await page.evaluate(async (style) => {
      const { t, bw } = window;
      const paint = async (engine) => t.sha256((await engine.stylize(t.picture(300, 260), { style })).data);
      const all = [];
      // At first it is not even loaded.
      for (const wait of [0, 20, 60, 120, 250]) {
        const from = window.workers.length;
        const creating = bw.Brushwork.create({ threads: 2 });
        const outcome = t.outcome(creating);
        while (window.workers.length === from) await new Promise((resolve) => setTimeout(resolve));
        await new Promise((resolve) => setTimeout(resolve, wait));
        window.workers[from].terminate();
        const result = { wait, outcome: await outcome, painted: undefined };
        if (result.outcome.ok) {
          const engine = await creating;
          // It may have been killed just after it was there.
          result.painted = await paint(engine).catch(() => paint(engine));
          result.backend = engine.backend;
          engine.dispose();
        }
        all.push(result);
      }
      const engine = await bw.Brushwork.create({ threads: 2 });
      const expected = await paint(engine);
      engine.dispose();
      return { all, expected };
    }, styleId);
    for (const { wait, outcome, painted } of results.all) {
      expectClear(outcome, `${wait} ms`);
      if (outcome.ok) expect(painted, `${wait} ms`).toBe(results.expected);
    }
    await expect.poll(() => page.workers().length).toBe(0);
  });
}

test('workers that close themselves are noticed as well', async ({ harness }) => {
  const page = await prepare(harness, { isolation: true });
  for (let i = 0; i < 2; ++i) {
    const painting = page.evaluate(() => window.t.outcome(window.engine.stylize(window.t.picture(3000, 2500), window.kinds[0])));
    await page.waitForTimeout(100);
    await page.workers()[i].evaluate(() => self.close());
    expectClear(await painting, String(i));
    await expect.poll(() => page.evaluate(() => window.t.outcome(window.engine.stylize(window.photo, window.kinds[0])))).toEqual({ ok: true });
  }
  await expectSound(page, 2);
  await expectEnds(page);
});
