// Thousands of paintings in one page: nothing is left of them. BRUSHWORK_SOAK paintings (1000), from BRUSHWORK_SOAK_SEED.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchOptions } from '../playwright.config.mjs';
import { freePort, watchWorkers } from '../support/devtools.mjs';
import { expect, root, test } from '../support/fixtures.mjs';
import { generator, styles } from '../support/models.mjs';

const PAINTINGS = Number(process.env.BRUSHWORK_SOAK ?? 1000);
const SEED = Number(process.env.BRUSHWORK_SOAK_SEED ?? 20261127);
const EVERY = 100;
const PORT = await freePort();
test.use({ launchOptions: { ...launchOptions, args: [...launchOptions.args, `--remote-debugging-port=${PORT}`] } });
const MB = 1e6;

/** From so many paintings on, what the engines of browsers do by themselves (compiling, mostly) is small beside a leak. */
const MANY = 5000;
/**
 * What is measured: its unit, and by how much it may grow in a thousand paintings, of MANY and of fewer. A picture of 64 by 64 pixels that is
 * kept once in ten paintings is 1.6 MB of buffers.
 */
const MEASURES = {
  'page: JavaScript heap': [MB, 'MB', 0.1, 0.8],
  'page: buffers': [MB, 'MB', 0.3, 0.3],
  'page: DOM nodes': [1, '', 1, 1],
  'page: event listeners': [1, '', 1, 4],
  'workers: JavaScript heap': [MB, 'MB', 0.1, 0.4],
  'workers: buffers': [MB, 'MB', 0.3, 2],
  'workers': [1, '', 0.1, 0.1],
  'engine: memory in use': [MB, 'MB', 0.3, 3],
  'engine: handles': [1, '', 0.5, 0.5],
  'renderer: resident': [MB, 'MB', 1, 30],
};

/** Resident memory of the largest renderer, in bytes. */
async function resident(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => {
    try {
      return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
      return 0; // it has just ended
    }
  });
  return Math.max(...sizes);
}

async function meter(page, browser) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('Performance.enable');
  const workers = await watchWorkers(PORT, page.url());
  const read = async () => {
    // What is finalized after one collection goes with the next.
    for (let i = 0; i < 2; ++i) {
      await session.send('HeapProfiler.collectGarbage');
      await page.waitForTimeout(20);
    }
    const heap = await session.send('Runtime.getHeapUsage');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (wanted) => metrics.find(({ name }) => name === wanted).value;
    const theirs = await workers.heaps();
    const engine = await page.evaluate(() => ({ ...window.soak.engine.memory(), objects: window.t.objects(window.soak.engine) }));
    return {
      'page: JavaScript heap': heap.usedSize,
      'page: buffers': heap.backingStorageSize,
      'page: DOM nodes': metric('Nodes'),
      'page: event listeners': metric('JSEventListeners'),
      'workers: JavaScript heap': theirs.usedSize,
      'workers: buffers': theirs.backingStorageSize,
      'workers': page.workers().length,
      'engine: memory in use': engine.current,
      'engine: handles': engine.objects,
      'renderer: resident': await resident(browser),
    };
  };
  return { read, close: workers.close };
}

/** Least squares: growth for a thousand paintings. */
function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  values.forEach((value, i) => {
    above += (i - middle) * (value - mean);
    below += (i - middle) ** 2;
  });
  return (above / below) * (1000 / EVERY);
}

/** Paints, and what grew how much; `steep` are those that grew too much. */
async function soak({ page, browser, url }, { paintings, leak }) {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await page.goto(`${url}tests/browser/pages/soak.html`);
  await page.waitForFunction(() => window.Soak !== undefined && window.t !== undefined);
  const model = `/web/dist/assets/${generator.model}`;
  await page.evaluate(async ([seed, ids, file, leaky]) => {
    window.soak = new window.Soak({ seed, ids, model: await window.t.bytes(file), leak: leaky });
  }, [SEED, styles.map(({ id }) => id), model, leak]);
  const { read, close } = await meter(page, browser);
  // Every case is painted once before anything counts: what is kept of it is its hash.
  await page.evaluate(() => window.soak.run(window.CASES, true));
  const samples = [await read()];
  let wrong = [];
  for (let done = 0; done < paintings; done += EVERY) {
    wrong = await page.evaluate((count) => window.soak.run(count), EVERY);
    samples.push(await read());
  }
  const counts = await page.evaluate(() => window.soak.counts);
  const rows = Object.entries(MEASURES).map(([name, [unit, unitName, ofMany, ofFewer]]) => {
    const values = samples.map((sample) => sample[name] / unit);
    const most = paintings >= MANY ? ofMany : ofFewer;
    return { name, unitName, most, first: values[0], last: values.at(-1), largest: Math.max(...values), slope: slope(values) };
  });
  close();
  await page.evaluate(() => window.soak.engine.dispose());
  await expect.poll(() => page.workers().length).toBe(0);
  return { wrong, counts, rows, steep: rows.filter(({ slope: grown, most }) => !(grown <= most)).map(({ name }) => name) };
}

function print(title, { rows, counts }) {
  const number = (value) => value.toFixed(3).padStart(10);
  process.stdout.write(`\n${title}, seed ${SEED}: ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}\n`);
  process.stdout.write(`${'grows by (for each 1000 paintings)'.padEnd(36)}${['slope', 'at most', 'first', 'last', 'largest'].map((head) => head.padStart(10)).join('')}\n`);
  for (const { name, unitName, slope: grown, most, first, last, largest } of rows) {
    process.stdout.write(`${`${name}${unitName && ` (${unitName})`}`.padEnd(36)}${[grown, most, first, last, largest].map(number).join('')}\n`);
  }
}

for (const [name, isolation, paintings] of [['isolated, threads', true, PAINTINGS], ['not isolated, workers', false, Math.max(500, PAINTINGS / 5)]]) {
  test(`${paintings} paintings in one page leave nothing behind (${name})`, async ({ page, browser, isolated, plain, consoleErrors: _ }) => {
    test.setTimeout(0);
    const result = await soak({ page, browser, url: isolation ? isolated : plain }, { paintings, leak: false });
    print(name, result);
    expect(result.wrong).toEqual([]);
    expect(result.steep).toEqual([]);
  });
}

test('a picture of 64 by 64 pixels kept once in ten paintings would be found', async ({ page, browser, isolated }) => {
  test.setTimeout(0);
  const { steep } = await soak({ page, browser, url: isolated }, { paintings: 500, leak: true });
  expect(steep).toContain('page: buffers');
});
