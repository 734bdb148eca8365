// The demo page as a static site: offline, private, isolated by its service worker, updated, installed. The page's folder is not the
// host's root, as on many static hosts.
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeServiceWorker } from '../../../demo/offline-copy.mjs';
import { serve } from '../../../demo/serve.mjs';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { modelsFolder, styles } from '../support/models.mjs';

const photo = join(root, 'tests/browser/fixtures/lake.jpg');
const built = join(root, 'demo/dist');
const FOLDER = 'arts/brushwork/';

const test = base.extend({
  /** A copy of the built page, to be changed at will. */
  folder: async ({}, use) => {
    if (!existsSync(join(built, 'sw.js'))) throw new Error('demo/dist/sw.js is missing: build the page first');
    const copy = mkdtempSync(join(tmpdir(), 'brushwork-page-'));
    cpSync(built, copy, { recursive: true });
    await use(copy);
    rmSync(copy, { recursive: true });
  },
  /** Serves it: `url` is the page's, `asked` has what the server was asked for. */
  site: async ({ folder, page, consoleErrors: _ }, use) => {
    await page.addInitScript(() => {
      // How many paintings were finished.
      window.paintings = 0;
      new MutationObserver((changes) => {
        if (changes.some(({ target, oldValue }) => target.id === 'app' && target.dataset.state === 'done' && oldValue !== 'done')) window.paintings += 1;
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-state'], attributeOldValue: true });
    });
    const servers = [];
    await use(async (settings = {}) => {
      const asked = [];
      const server = await serve({ root: tmpdir(), mounts: { [`/${FOLDER}`]: folder }, onRequest: ({ url }) => asked.push(url), ...settings });
      servers.push(server);
      return { url: server.url + FOLDER, asked, close: () => server.close() };
    });
    for (const server of servers) await server.close();
  },
});

const app = (page, state) => expect(page.locator('#app')).toHaveAttribute('data-state', state);
const style = (page, title) => page.getByRole('radio', { name: title, exact: true });
const isUpdated = (page) => page.evaluate(() => 'updated' in document.documentElement.dataset);
const isIsolated = (page) => page.evaluate(() => crossOriginIsolated);

/** Only the page itself may name scripts: tests that start some do so by its policy. */
function takePolicy() {
  const create = trustedTypes.createPolicy.bind(trustedTypes);
  trustedTypes.createPolicy = (name, rules) => (window.policy = create(name, rules));
}

/** The page with its copy made. */
async function opened(page) {
  await expect(page.locator('html')).toHaveAttribute('data-offline', 'ready');
  await expect(page.locator('html')).toHaveAttribute('data-requests', '0');
  await expect(style(page, styles[0].title)).toBeAttached();
}

/** Waits for a painting other than the last one. */
async function paints(page, act) {
  const before = await page.evaluate(() => window.paintings);
  await act();
  await expect.poll(() => page.evaluate(() => window.paintings)).toBeGreaterThan(before);
  await app(page, 'done');
}

async function paintEverything(page) {
  await paints(page, () => page.setInputFiles('#choose', photo));
  await paints(page, () => style(page, styles[3].title).check({ force: true }));
  await paints(page, () => style(page, styles[5].title).check({ force: true }));
}

async function ownStyle(page) {
  const picture = { name: 'my drawing.jpg', mimeType: 'image/jpeg', buffer: readFileSync(join(modelsFolder, styles[1].preview)) };
  await paints(page, () => page.setInputFiles('#style-file', picture));
}

/** Saves the painting. The name of the file begins with the photo's. */
async function exports(page) {
  await page.click('#save');
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#export-save')]);
  const bytes = readFileSync(await file.path());
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  return file.suggestedFilename();
}

for (const isolation of [true, false]) {
  test(`works without a network after the first visit (${isolation ? 'isolated' : 'not isolated'} host)`, async ({ site, page, context }) => {
    const server = await site({ isolation });
    await page.goto(server.url);
    await opened(page);
    await server.close();
    await context.setOffline(true);
    await expect(fetch(server.url)).rejects.toThrow();
    await page.goto(server.url);
    await opened(page);
    expect(await isIsolated(page)).toBe(true);
    await paintEverything(page);
    await ownStyle(page);
    await exports(page);
    await expect(page.locator('html')).toHaveAttribute('data-requests', '0');
  });
}

test('asks nobody for anything once it is loaded', async ({ site, page, context }) => {
  const server = await site();
  for (const visit of ['first', 'second']) {
    await page.goto(server.url);
    await opened(page);
    const before = server.asked.length;
    const requests = [];
    const note = (request) => /^https?:/.test(request.url()) && requests.push(request);
    context.on('request', note);
    await paintEverything(page);
    expect(requests.map((request) => request.url()), visit).toEqual([]);
    // What comes when it is first needed (dialogs, the encoder) comes from the copy.
    await exports(page);
    await ownStyle(page);
    for (const request of requests) expect((await request.response()).fromServiceWorker(), request.url()).toBe(true);
    // The browser looks for a newer service worker when it sees fit, once for each load.
    expect(server.asked.slice(before).filter((path) => path !== `/${FOLDER}sw.js`), visit).toEqual([]);
    await expect(page.locator('html')).toHaveAttribute('data-requests', '0');
    context.off('request', note);
  }
});

test('counts a request if there is one, a worker\'s too', async ({ site, folder, page }) => {
  writeFileSync(join(folder, 'extra.txt'), 'more');
  writeFileSync(join(folder, 'extra.js'), 'fetch("extra.txt").then(() => postMessage(0));');
  const server = await site();
  await page.addInitScript(takePolicy);
  for (let visit = 0; visit < 2; ++visit) {
    await page.goto(server.url);
    await opened(page);
    await page.evaluate(() => fetch('extra.txt'));
    await expect(page.locator('html')).toHaveAttribute('data-requests', '1');
    await page.evaluate(() => new Promise((resolve) => (new Worker(window.policy.createScriptURL('extra.js')).onmessage = resolve)));
    await expect(page.locator('html')).toHaveAttribute('data-requests', '3');
  }
});

test('a host without headers: plain workers at once, threads from the next load on, and no load that nobody asked for', async ({ site, page }) => {
  const server = await site({ isolation: false });
  let loads = 0;
  page.on('framenavigated', () => (loads += 1));
  await page.goto(server.url);
  await opened(page);
  expect(await isIsolated(page)).toBe(false);
  await paints(page, () => page.setInputFiles('#choose', photo));
  await page.waitForTimeout(2000);
  expect(loads).toBe(1);
  expect(await isUpdated(page)).toBe(false);
  await page.reload();
  await opened(page);
  expect(await isIsolated(page)).toBe(true);
  await paints(page, () => page.setInputFiles('#choose', photo));
  await page.waitForTimeout(2000);
  expect(loads).toBe(2);
});

/** Another version: its script and its encoder have other names, the page another mark, and the files of the version before are gone. */
async function publish(folder, version) {
  const assets = join(folder, 'assets');
  const renamed = readdirSync(assets).filter((name) => /^(index-.*\.js|painter-encoder.*\.onnx)$/.test(name))
    .map((name) => [name, name.replace(/(?:-v\d+)?(\.\w+)$/, `-${version}$1`)]);
  for (const [from, to] of renamed) renameSync(join(assets, from), join(assets, to));
  const texts = [join(folder, 'index.html'), ...readdirSync(assets).filter((name) => name.endsWith('.js')).map((name) => join(assets, name))];
  for (const path of texts) {
    const text = renamed.reduce((all, [from, to]) => all.replaceAll(from, to), readFileSync(path, 'utf8'));
    writeFileSync(path, text.replace(/<html lang="en"[^>]*>/, `<html lang="en" data-version="${version}">`));
  }
  await writeServiceWorker(folder);
}

const update = (page) => page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
const keptFiles = (page) => page.evaluate(async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith('brushwork-page'));
  return (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url.split('?')[0])))).flat();
});

test('a new version comes with the next load, whole; the page that is open goes on', async ({ site, folder, page, context, consoleErrors }) => {
  const server = await site();
  await page.goto(server.url);
  await opened(page);
  const first = await keptFiles(page);
  await publish(folder, 'v2');
  await update(page);
  await expect.poll(() => isUpdated(page)).toBe(true);
  // Its own encoder is gone from the host, and was not loaded yet.
  await paintEverything(page);
  await ownStyle(page);
  await page.reload();
  await opened(page);
  await expect(page.locator('html')).toHaveAttribute('data-version', 'v2');
  expect(await isUpdated(page)).toBe(false);
  await ownStyle(page);
  // Nothing is left of the version before, and nothing is kept twice.
  await expect.poll(async () => (await keptFiles(page)).length).toBe(first.length);
  const kept = await keptFiles(page);
  expect(new Set(kept).size).toBe(kept.length);
  expect(kept.filter((url) => url.includes('-v2'))).toHaveLength(2);

  // A version of which one file does not fit the rest is not taken.
  await publish(folder, 'v3');
  writeFileSync(join(folder, 'index.html'), readFileSync(join(folder, 'index.html'), 'utf8').replace('data-version="v3"', 'data-version="v4"'));
  await update(page).catch(() => undefined);
  await page.waitForTimeout(2000);
  await server.close();
  await context.setOffline(true);
  await page.reload();
  await opened(page);
  await expect(page.locator('html')).toHaveAttribute('data-version', 'v2');
  consoleErrors.splice(0, consoleErrors.length, ...consoleErrors.filter((error) => !/integrity/.test(error)));
});

test('a file that another app shares is opened, once', async ({ site, page }) => {
  const server = await site();
  await page.goto(server.url);
  await opened(page);
  const { action, method, enctype, params } = (await page.evaluate(async () => (await fetch('manifest.webmanifest')).json())).share_target;
  // The system navigates so, from nowhere.
  await page.goto('about:blank');
  await page.setContent(`<form action="${new URL(action, server.url)}" method="${method}" enctype="${enctype}"><input type="file" name="${params.files[0].name}"></form>`);
  await page.setInputFiles('input', { name: 'aus den Bergen ü.jpg', mimeType: 'image/jpeg', buffer: readFileSync(photo) });
  await page.evaluate(() => document.forms[0].submit());
  await page.waitForURL(server.url);
  expect(server.asked.filter((path) => path.includes('shared'))).toEqual([]);
  await opened(page);
  await app(page, 'done');
  expect(await exports(page)).toMatch(/^aus den Bergen ü/);
  expect(await page.evaluate(async () => (await Promise.all((await caches.keys()).filter((name) => name.includes('shared')).map(async (name) => (await (await caches.open(name)).keys()).length))).join())).toBe('0');
});

test('a file that is opened with the installed page', async ({ site, page }) => {
  const server = await site();
  await page.addInitScript((base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const handle = { getFile: async () => new File([bytes], 'opened.jpg', { type: 'image/jpeg' }) };
    Object.defineProperty(window, 'launchQueue', { value: { setConsumer: (consume) => consume({ files: [handle] }) } });
  }, readFileSync(photo).toString('base64'));
  await page.goto(server.url);
  await opened(page);
  await app(page, 'done');
  expect(await exports(page)).toMatch(/^opened/);
});

for (const [where, settings] of Object.entries({
  'in its headers': {},
  'in the page alone': { policy: "default-src * blob: data: 'unsafe-inline' 'unsafe-eval'", isolation: false },
})) {
  test(`the policy ${where}: nothing that the page does is against it, and what is foreign is refused`, async ({ site, page, consoleErrors }) => {
    const server = await site(settings);
    await page.addInitScript(takePolicy);
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => window.violations.push(effectiveDirective));
    });
    await page.goto(server.url);
    await opened(page);
    await paintEverything(page);
    await exports(page);
    expect(await page.evaluate(() => window.violations)).toEqual([]);
    const done = await page.evaluate(async () => {
      // What runs at once is the test's, which may evaluate; what comes later is as the page's.
      await new Promise((resolve) => setTimeout(resolve));
      const attempt = async (work) => {
        try {
          await work();
          return true;
        } catch {
          return false;
        }
      };
      const script = (content) => document.body.append(Object.assign(document.createElement('script'), content));
      const trusted = (url) => window.policy.createScriptURL(url);
      const style = Object.assign(document.createElement('style'), { textContent: '#app { display: none }' });
      document.head.append(style);
      const image = (src) => new Promise((resolve, reject) => Object.assign(new Image(), { onload: resolve, onerror: reject, src }));
      const blob = URL.createObjectURL(new Blob(['postMessage(1)']));
      const started = (url) => new Promise((resolve, reject) => Object.assign(new Worker(url), { onmessage: resolve, onerror: reject }));
      const source = 'data:text/javascript,window.injected=true';
      script({ src: trusted(source) });
      return {
        text: await attempt(() => script({ textContent: 'window.injected = true' })),
        markup: await attempt(() => (document.body.innerHTML += '<img src="" onerror="window.injected = true">')),
        address: await attempt(() => script({ src: source })),
        style: getComputedStyle(document.getElementById('app')).display === 'none',
        evaluated: await attempt(() => new Function('return 1')()),
        fetched: await attempt(() => fetch('https://example.org/')),
        image: await attempt(() => image('https://example.org/a.png')),
        worker: await attempt(() => started(trusted(blob))),
        untrustedWorker: await attempt(() => started('sw.js')),
        injected: window.injected === true,
      };
    });
    expect(Object.entries(done).filter(([, worked]) => worked)).toEqual([]);
    expect(Object.keys(done).length).toBe(10);
    const violations = await page.evaluate(() => window.violations);
    expect(new Set(violations)).toEqual(new Set(['script-src-elem', 'style-src-elem', 'require-trusted-types-for', 'connect-src', 'img-src', 'worker-src']));
    expect(consoleErrors.filter((error) => !/Content Security Policy|This document requires 'Trusted/.test(error))).toEqual([]);
    consoleErrors.length = 0;
  });
}

test('can be installed', async ({ site, page }) => {
  const server = await site();
  await page.goto(server.url);
  await opened(page);
  const devtools = await page.context().newCDPSession(page);
  const { data, errors, url } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]); // as all pages of tests are
  const manifest = JSON.parse(data);
  const at = (path) => new URL(path, url).href;
  expect([manifest.id, manifest.start_url, manifest.scope].map(at)).toEqual([server.url, server.url, server.url]);
  expect(manifest).toMatchObject({ display: 'standalone', name: expect.stringMatching(/./), share_target: { method: 'POST', enctype: 'multipart/form-data' } });
  expect(manifest.icons.map(({ sizes, purpose }) => `${sizes} ${purpose ?? 'any'}`)).toEqual(['any any', '192x192 any', '512x512 any', '512x512 maskable']);
  for (const { src, sizes, type } of manifest.icons) {
    const size = await page.evaluate(async (href) => {
      const image = Object.assign(new Image(), { src: href });
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, at(src));
    if (sizes !== 'any') expect(size).toBe(sizes);
    expect((await page.request.get(at(src))).headers()['content-type']).toBe(type);
  }
});
