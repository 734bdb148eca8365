// The hooks, in an app that a bundler put together.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const PHOTO = '/tests/browser/fixtures/lake.jpg';
const [first, second] = styles.map(({ id }) => id);
const PIXELS = 60_000;

/** A file of pages/ with React. The package itself stays where it is, at `url`, since it finds its files by its own URL. */
async function bundle(file, platform, url) {
  const packageItself = { name: 'package', resolveId: (id) => (id === 'brushwork' || id === './index.js' ? { id: url, external: true } : null) };
  const build = await rolldown({
    input: join(root, 'tests/browser/pages', file),
    platform,
    plugins: [packageItself],
    resolve: { alias: { 'brushwork/react': join(root, 'web/dist/react.js') }, modules: [join(root, 'tests/browser/node_modules')] },
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  return output[0].code;
}

const test = base.extend({
  app: [
    async ({}, use) => {
      if (!existsSync(join(root, 'web/dist/react.js'))) throw new Error('web/dist is missing: build the package first');
      await use(await bundle('react.js', 'browser', '/web/dist/index.js'));
    },
    { scope: 'worker' },
  ],
  /** A page with `window.r`, in which no app runs yet, and the photo in `window.photo`. */
  open: async ({ page, isolated, app, consoleErrors: _ }, use) => {
    await use(async () => {
      await page.route('**/pages/react.js', (route) => route.fulfill({ body: app, contentType: 'text/javascript' }));
      await page.goto(`${isolated}tests/browser/pages/react.html`);
      await page.waitForFunction(() => window.t !== undefined && window.r !== undefined);
      await page.evaluate(async (url) => (window.photo = await window.t.bytes(url)), PHOTO);
      return page;
    });
  },
});

test('paints what the engine paints, once, however often it is rendered', async ({ open }, info) => {
  const page = await open();
  const result = await page.evaluate(async ([style, maxPixels]) => {
    const { r, t } = window;
    r.start({ image: window.photo, options: { style, maxPixels } });
    await r.until(({ painted }) => painted);
    for (let i = 0; i < 5; ++i) {
      r.change({ options: { style, maxPixels } });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { renders, outcomes, engines } = structuredClone({ ...r.seen, engine: undefined });
    const expected = await r.seen.engine.stylize(window.photo, { style, maxPixels });
    return { renders, outcomes, engines, hashes: [await t.sha256(r.shown().data), await t.sha256(expected.data)] };
  }, [first, PIXELS]);
  expect(result.hashes[0]).toBe(result.hashes[1]);
  expect(result).toMatchObject({ outcomes: ['painted'], engines: ['running'] });
  expect(result.renders[0]).toMatchObject({ busy: false, painted: false });
  expect(result.renders.at(-1)).toMatchObject({ busy: false, painted: true, fraction: 1 });
  expect(result.renders.at(-1).threads).toBeGreaterThan(0);
  // From the first render with an engine to the painting, it was busy.
  const busy = result.renders.map((render) => render.busy);
  expect(busy.slice(busy.indexOf(true), busy.lastIndexOf(true) + 1)).not.toContain(false);
  await page.screenshot({ path: info.outputPath('react.png') });
});

test('a blend written in place is painted once', async ({ open }) => {
  const page = await open();
  const outcomes = await page.evaluate(async ([one, other, maxPixels]) => {
    const { r } = window;
    r.start({ image: undefined, options: { style: one, maxPixels } });
    await r.until(({ threads }) => threads);
    window.styles = { [one]: await r.seen.engine.style(one), [other]: await r.seen.engine.style(other) };
    const mixed = (weight) => ({ image: window.photo, options: { mix: [[one, 1], [other, weight]], maxPixels } });
    r.change(mixed(1));
    await r.until(({ painted, busy }) => painted && !busy);
    r.change(mixed(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = r.seen.outcomes.length;
    r.change(mixed(2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await r.until(({ busy }) => !busy);
    return [before, r.seen.outcomes];
  }, [first, second, PIXELS]);
  expect(outcomes).toEqual([1, ['painted', 'painted']]);
});

test('a change aborts the painting before; the last one stays until the next is there', async ({ open }) => {
  const page = await open();
  const result = await page.evaluate(async ([one, other, maxPixels]) => {
    const { r, t } = window;
    r.start({ image: window.photo, options: { style: one, maxPixels: Infinity } });
    await r.until(({ fraction }) => fraction > 0);
    r.change({ options: { style: other, maxPixels } });
    await r.until(({ painted }) => painted);
    const outcomes = [...r.seen.outcomes];
    const expected = await r.seen.engine.stylize(window.photo, { style: other, maxPixels });
    const same = (await t.sha256(r.shown().data)) === (await t.sha256(expected.data));
    const renders = r.seen.renders.length;
    r.change({ options: { style: one, maxPixels } });
    await r.until(({ busy }) => busy);
    await r.until(({ busy }) => !busy);
    const between = r.seen.renders.slice(renders).map(({ painted }) => painted);
    const again = r.seen.renders.length;
    r.change({ image: t.picture(64, 48) });
    await r.until(({ busy }) => busy);
    const another = r.seen.renders.slice(again).find(({ busy }) => busy);
    await r.until(({ busy }) => !busy);
    return { outcomes, same, between, another, size: [r.shown().width, r.shown().height] };
  }, [first, second, PIXELS]);
  expect(result).toMatchObject({ outcomes: ['aborted', 'painted'], same: true, another: { painted: false, busy: true }, size: [64, 48] });
  expect(result.between).not.toContain(false);
});

test('StrictMode mounts twice and leaves one engine and one painting', async ({ open }) => {
  const page = await open();
  await page.evaluate(async ([style, maxPixels]) => {
    const { r } = window;
    r.start({ image: window.photo, options: { style, maxPixels }, create: { threads: 1 } }, true);
    await r.until(({ painted, busy }) => painted && !busy);
  }, [first, PIXELS]);
  const { engines, outcomes } = await page.evaluate(() => ({ engines: window.r.seen.engines, outcomes: window.r.seen.outcomes }));
  expect(engines).toEqual(['aborted', 'running']);
  expect(outcomes.filter((outcome) => outcome === 'painted')).toHaveLength(1);
  await expect.poll(() => page.workers()).toHaveLength(1); // the other one has ended
});

test('unmounting aborts, and ends the engine; other options make another one', async ({ open }) => {
  const page = await open();
  const result = await page.evaluate(async (style) => {
    const { r } = window;
    r.start({ image: window.photo, options: { style }, create: { threads: 1 } });
    await r.until(({ fraction }) => fraction > 0);
    const renders = r.seen.renders.length;
    r.change({ create: { threads: 1, variant: 'simd' } });
    await r.until(({ threads }) => !threads);
    await r.until(({ fraction, threads }) => fraction > 0 && threads);
    const changed = [[...r.seen.engines], [...r.seen.outcomes], r.seen.renders.slice(renders).map(({ error }) => error)];
    r.unmount();
    const rendered = r.seen.renders.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { changed, engines: r.seen.engines, outcomes: r.seen.outcomes, late: r.seen.renders.length - rendered };
  }, first);
  expect(result.changed[0]).toEqual(['disposed', 'running']);
  expect(['aborted', 'disposed']).toContain(result.changed[1][0]);
  expect(new Set(result.changed[2])).toEqual(new Set([undefined]));
  expect(result.engines).toEqual(['disposed', 'disposed']);
  expect(result.outcomes).not.toContain('running');
  expect(result.late).toBe(0);
  await expect.poll(() => page.workers().length).toBe(0);
});

test('errors are a part of the state, and the next picture is painted', async ({ open, consoleErrors }) => {
  const page = await open();
  const result = await page.evaluate(async ([style, maxPixels]) => {
    const { r } = window;
    r.start({ image: window.photo, options: { style, maxPixels }, create: { assets: '/nowhere/' } });
    const start = await r.until(({ error }) => error);
    r.change({ create: {}, image: new Blob(['Dear Theo']) });
    await r.until(({ error }) => error === undefined);
    const wrong = await r.until(({ error }) => error);
    r.change({ options: { style: 'crayon', maxPixels }, image: window.photo });
    const unknown = await r.until(({ error }) => error === 'invalid-argument');
    r.change({ options: { style, maxPixels } });
    const right = await r.until(({ painted }) => painted);
    return { start, wrong, unknown, right };
  }, [first, PIXELS]);
  expect(consoleErrors.filter((text) => !text.includes('404'))).toEqual([]);
  consoleErrors.length = 0;
  expect(result).toMatchObject({
    start: { error: 'network', busy: false }, wrong: { error: 'unsupported-image', busy: false },
    unknown: { error: 'invalid-argument', busy: false }, right: { painted: true, busy: false },
  });
  expect(result.right.error).toBeUndefined();
});

test('a server renders the state before there is an engine', async ({ app: _ }, info) => {
  const path = info.outputPath('server.mjs');
  await writeFile(path, await bundle('react-server.js', 'node', pathToFileURL(join(root, 'web/dist/index.js')).href));
  const { render } = await import(pathToFileURL(path).href);
  expect(render()).toBe('<p>{&quot;busy&quot;:false}</p>');
});
