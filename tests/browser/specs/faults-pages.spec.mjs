// Pages that are hidden, frozen, left and come back to: what was begun is finished, and the engine goes on.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { launchOptions } from '../playwright.config.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
const HARNESS = 'tests/browser/pages/harness.html';

// As browsers are, and not as tests want them: hidden pages are slowed down, and pages that are left are kept.
test.use({
  launchOptions: {
    ...launchOptions,
    ignoreDefaultArgs: [
      '--disable-back-forward-cache', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
    ],
  },
});

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

async function prepare(page, create = { threads: 2 }) {
  await page.evaluate(async ([options, style]) => {
    const { bw, t } = window;
    const engine = await bw.Brushwork.create(options);
    Object.assign(window, { engine, style, photo: t.picture(2400, 1800) });
    window.paint = async (onProgress) => t.sha256((await engine.stylize(window.photo, { style, onProgress })).data);
    /** Eight frames, some while the page is hidden. */
    window.film = async () => {
      const { readable, writable } = engine.video({ style, pacing: 'every-frame' });
      const hashes = [];
      const write = async () => {
        const writer = writable.getWriter();
        for (let i = 0; i < 8; ++i) await writer.write(new VideoFrame(t.picture(320, 240, i).data, { format: 'RGBA', codedWidth: 320, codedHeight: 240, timestamp: i * 1000 }));
        await writer.close();
      };
      const read = async () => {
        const reader = readable.getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const bytes = new Uint8Array(next.value.allocationSize());
          await next.value.copyTo(bytes);
          next.value.close();
          hashes.push(await t.sha256(bytes));
          window.frames8 = hashes.length;
        }
      };
      await Promise.all([write(), read()]);
      return hashes;
    };
    window.expected = { painting: await window.paint(), film: await window.film() };
  }, [create, styleId]);
}

const isSame = (page) => page.evaluate(async () => (await window.paint()) === window.expected.painting);
const setups = [['isolated', true, { threads: 2 }], ['not isolated', false, { threads: 2 }], ['inline', false, { threads: 1, host: 'inline' }]];

for (const [name, isolation, create] of setups) {
  test(`hidden behind another tab: paintings and videos go on (${name})`, async ({ harness, page, context }) => {
    await harness({ isolation });
    await prepare(page, create);
    // Headless pages are never hidden by a tab in front: what they are told is what is emulated, and their timers and frames stop.
    const other = await context.newPage();
    await other.bringToFront();
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      window.requestAnimationFrame = () => 0; // never, while hidden
      const timer = window.setTimeout;
      window.setTimeout = (callback, wait = 0, ...rest) => timer(callback, Math.max(1000, wait), ...rest); // as hidden pages have it
    });
    const hidden = await page.evaluate(async () => ({ painting: await window.paint(), film: await window.film() }));
    expect(hidden).toEqual(await page.evaluate(() => window.expected));
    // Pictures that a hidden page does not decode for its screen.
    const picture = await page.evaluate(async (style) => {
      const image = Object.assign(new Image(), { src: '/tests/browser/fixtures/lake.jpg' });
      return window.t.outcome(window.engine.stylize(image, { style, maxPixels: 10_000 }));
    }, styleId);
    expect(picture).toEqual({ ok: true });
    await other.close();
    expect(await isSame(page)).toBe(true);
  });

  test(`frozen in the middle, for longer than helpers may be silent: goes on where it was (${name})`, async ({ harness, page }) => {
    await harness({ isolation });
    await prepare(page, create);
    const session = await page.context().newCDPSession(page);
    for (const kind of ['paint', 'film']) {
      await page.evaluate((call) => {
        window.result = undefined;
        window.progress = 0;
        window.frames8 = 0;
        const working = call === 'paint' ? window.paint(({ fraction }) => (window.progress = fraction)) : window.film();
        working.then((value) => (window.result = value), (error) => (window.result = String(error)));
      }, kind);
      await page.waitForFunction((call) => (call === 'paint' ? window.progress > 0.1 : window.frames8 > 1), kind);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      await new Promise((resolve) => setTimeout(resolve, 6000));
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await page.waitForFunction(() => window.result !== undefined);
      expect(await page.evaluate((call) => JSON.stringify(window.result) === JSON.stringify(window.expected[call === 'paint' ? 'painting' : 'film']), kind)).toBe(true);
    }
    expect(await isSame(page)).toBe(true);
  });

  test(`left and come back to: the page is kept, with its engine (${name})`, async ({ page, isolated, plain }) => {
    const url = isolation ? isolated : plain;
    await page.goto(url + HARNESS);
    await page.waitForFunction(() => window.t !== undefined);
    const ready = async () => {
      await prepare(page, create);
      await page.evaluate(() => {
        window.events = [];
        for (const event of ['pagehide', 'pageshow']) addEventListener(event, ({ persisted }) => window.events.push([event, persisted]));
      });
    };
    await ready();
    /** Whether the browser kept the page: it is free not to, and loads it anew. */
    const leaveAndReturn = async (busy) => {
      await page.evaluate((now) => {
        window.events.length = 0;
        window.result = undefined;
        if (now) window.paint().then((hash) => (window.result = hash), (error) => (window.result = String(error)));
      }, busy);
      await page.goto(`${url}${HARNESS}?elsewhere`);
      await page.waitForTimeout(1500);
      await page.goBack({ waitUntil: 'commit' });
      await page.waitForFunction(() => (window.events ? window.events.length === 2 : window.t !== undefined));
      const kept = await page.evaluate(() => window.events !== undefined);
      if (!kept) await ready();
      return kept;
    };
    // While nothing is done, and in the middle of a painting.
    for (const busy of [false, true]) {
      let kept = false;
      for (let i = 0; i < 3 && !kept; ++i) kept = await leaveAndReturn(busy);
      // A page whose own thread paints may not come to rest in time.
      if (create.host !== 'inline' || !busy) expect(kept).toBe(true);
      if (kept) expect(await page.evaluate(() => window.events)).toEqual([['pagehide', true], ['pageshow', true]]);
      if (kept && busy) {
        await page.waitForFunction(() => window.result !== undefined);
        expect(await page.evaluate(() => window.result === window.expected.painting)).toBe(true);
      }
      expect(await isSame(page)).toBe(true);
    }
    await page.evaluate(() => window.engine.dispose());
    await expect.poll(() => page.workers().length).toBe(0);
  });
}

test('a page that is closed in the middle takes its workers with it', async ({ harness, page, browser }) => {
  await harness({ isolation: true });
  await prepare(page);
  const session = await browser.newBrowserCDPSession();
  const workers = async () => (await session.send('Target.getTargets')).targetInfos.filter(({ type }) => type === 'worker').length;
  await page.evaluate(() => void window.paint());
  await page.close();
  await expect.poll(workers).toBe(0);
});
