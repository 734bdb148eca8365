// A thousand paintings in one page: nothing is left of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const PAINTINGS = 1000;
const WARM_UP = 100;

test('a thousand paintings leave no handle, no buffer and no worker behind', async ({ harness, page }, info) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  test.setTimeout(300_000);
  await harness();
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const read = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const engine = await page.evaluate(() => ({ ...window.engine.memory(), objects: window.t.objects(window.engine) }));
    return { heap: usedSize, workers: page.workers().length, ...engine };
  };
  await page.evaluate(async (ids) => {
    window.engine = await window.bw.Brushwork.create({ threads: 2 });
    window.ids = ids;
    window.first = new Map();
    /** Paintings of several sizes and kinds, with aborts and bad pictures in between. True if every painting was its first's twin. */
    window.paintSome = async (count, from) => {
      const { engine, t } = window;
      let right = true;
      for (let i = from; i < from + count; ++i) {
        const [width, height] = [24 + (i % 7) * 6, 32 + (i % 5) * 4];
        const photo = t.picture(width, height, i % 3);
        const options = { style: ids[i % ids.length], ...(i % 4 === 1 && { brush: 0.75 }), ...(i % 6 === 2 && { mask: t.picture(9, 9) }), preserveColor: i % 2 === 0 };
        const key = `${width}×${height} ${i % 3} ${i % ids.length} ${i % 12}`;
        const hash = await t.sha256((await engine.stylize(photo, options)).data);
        right &&= (window.first.get(key) ?? hash) === hash;
        window.first.set(key, hash);
        if (i % 10 === 3) {
          const controller = new AbortController();
          const outcome = t.outcome(engine.stylize(photo, { ...options, signal: controller.signal }));
          setTimeout(() => controller.abort(), i % 5);
          await outcome;
        }
        if (i % 10 === 7) right &&= (await t.outcome(engine.stylize(new Blob(['no picture']), options))).code === 'unsupported-image';
      }
      return right;
    };
  }, styles.slice(0, 4).map(({ id }) => id));
  // All keys are in the first part, so that later ones add none.
  expect(await page.evaluate((count) => window.paintSome(count, 0), 420)).toBe(true);
  expect(await page.evaluate((count) => window.paintSome(count, 420), WARM_UP)).toBe(true);
  const before = await read();
  for (let done = 420 + WARM_UP; done < PAINTINGS + 420 + WARM_UP; done += 100) {
    expect(await page.evaluate((from) => window.paintSome(100, from), done)).toBe(true);
  }
  const after = await read();
  info.annotations.push({ type: 'measured', description: `${JSON.stringify(before)} → ${JSON.stringify(after)}` });
  expect(after.objects).toBe(before.objects);
  expect(after.workers).toBe(before.workers);
  expect(after.peak).toBe(before.peak);
  expect(Math.abs(after.current - before.current)).toBeLessThan(65536);
  // A hundred bytes a painting would show.
  expect(after.heap - before.heap).toBeLessThan(100 * PAINTINGS);
});
