// The demo page for developers: what paints and why, code that runs, how much is loaded before the engine; and the engine failing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { choose, expect, file, fingerprint, lake, lakePath, makePicture, painted, pageFolder, repaints, saved, sizeOf, state, test, tile } from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

for (const isolation of [true, false]) {
  test(`what paints, why, how long it took, and memory (${isolation ? 'isolated' : 'not isolated'})`, async ({ studio }) => {
    const page = await studio({ isolation });
    await expect(page.locator('#engine-line')).toHaveText(isolation ? /^Paints with WebAssembly, relaxed SIMD, (one thread|\d+ threads)$/ : /^Paints with WebAssembly, relaxed SIMD, /);
    await page.click('#engine-line');
    const reasons = await page.locator('#engine-reasons li').allTextContents();
    expect(reasons.length).toBeGreaterThan(1);
    expect(reasons.join('\n')).toContain('WebGPU');
    const before = await page.locator('#timings').textContent();
    const paint = Number((await page.locator('#timings div').filter({ hasText: 'paint' }).locator('dd').textContent()).replaceAll(',', ''));
    expect(paint).toBeGreaterThan(0);
    await expect(page.locator('#memory')).toHaveText(/Memory of the engine: [\d.]+ MB now, [\d.]+ MB at most/);
    await repaints(page, () => choose(page, lakePath));
    await expect(page.locator('#timings')).not.toHaveText(before);
  });
}

test('what others have written of it, with licences, is a link away', async ({ studio, context }) => {
  const page = await studio();
  await page.click('#engine-line');
  const [notices] = await Promise.all([context.waitForEvent('page'), page.click('#notices')]);
  await notices.waitForLoadState();
  expect(notices.url()).toMatch(/\/THIRD_PARTY_NOTICES\.txt$/);
  const text = await notices.locator('body').innerText();
  for (const name of ['XNNPACK', 'musl', 'preact', 'mediabunny', 'Apache License, Version 2.0']) expect(text).toContain(name);
});

/** Runs the page's code against the package, as a module of its own would be run. */
async function run(page, url, code, { mask } = {}) {
  expect(code).toContain("import { Brushwork } from 'brushwork';");
  const body = code.replace("import { Brushwork } from 'brushwork';", "const { Brushwork } = await import('/web/dist/index.js');");
  await page.goto(`${url}tests/browser/pages/harness.html`);
  return page.evaluate(`(async () => {
    const photo = new Blob([Uint8Array.fromBase64('${lake.toString('base64')}')]);
    const mask = ${mask ? `new Blob([Uint8Array.fromBase64('${mask.toString('base64')}')])` : 'undefined'};
    const canvas = new OffscreenCanvas(900, 600);
    const context = canvas.getContext('2d');
    await (async () => { ${body} })();
    let hash = 0x811c9dc5;
    for (const byte of context.getImageData(0, 0, 900, 600).data) hash = Math.imul(hash ^ byte, 0x01000193);
    return \`900×600 \${hash >>> 0}\`;
  })()`);
}

test('the code shown paints what is on the screen', async ({ studio, context, isolated }) => {
  const page = await studio();
  const other = await context.newPage();
  const compare = async () => expect(await run(other, isolated, await page.locator('#snippet').textContent())).toBe(await fingerprint(page));
  await page.click('#engine-line');
  await repaints(page, () => choose(page, lakePath));
  await compare();
  await repaints(page, () => tile(page, styles[3].title).click());
  await repaints(page, () => page.locator('#strength').fill('65'));
  await repaints(page, () => page.locator('#colours').fill('40'));
  await repaints(page, () => page.locator('#brush').fill('2'));
  await expect(page.locator('#snippet')).toContainText(/strength: 0\.65[\s\S]*preserveColor: 0\.4[\s\S]*brush: 0\.7/);
  await compare();
  await repaints(page, () => page.click('#mix'));
  await repaints(page, () => page.locator('#pad').press('ArrowRight'));
  await expect(page.locator('#snippet')).toContainText('engine.mix');
  await compare();
});

const kilobytes = (bodies) => bodies.reduce((sum, { length }) => sum + length, 0) / 1000;

test('at most 120 kB of script before the engine', async ({ page, studio }, info) => {
  const asked = new Set();
  let engine = false;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    engine ||= pathname.endsWith('.wasm');
    if (!engine && /\.m?js$/.test(pathname)) asked.add(pathname);
  });
  await studio();
  expect(engine).toBe(true);
  // The engine's own worker and the glue of its WebAssembly are the engine.
  const scripts = [...asked].filter((path) => !/\/(brushwork-[\w-]+\.m?js|sw\.js)$/.test(path));
  const [pageOnly, all] = [scripts.filter((path) => !path.includes('/package-')), scripts].map((paths) => paths.map((path) => readFileSync(join(pageFolder, path))));
  const [own, together, zipped] = [kilobytes(pageOnly), kilobytes(all), kilobytes(all.map((body) => gzipSync(body)))];
  info.annotations.push({
    type: 'measured',
    description: `the page's own script ${own.toFixed(1)} kB, with the package's ${together.toFixed(1)} kB, gzipped ${zipped.toFixed(1)} kB`,
  });
  expect(pageOnly.length).toBeGreaterThan(0);
  expect(own).toBeLessThanOrEqual(120);
  expect(zipped).toBeLessThanOrEqual(120);
});

test.describe('without what it needs', () => {
  // A service worker would answer what these tests cut off.
  test.use({ serviceWorkers: 'block' });

  test('an engine that can\'t be loaded is explained, and the page stays usable', async ({ studio, page, consoleErrors }) => {
    await page.route('**/*.wasm', (route) => route.abort());
    await studio({ wait: false });
    await state(page, 'problem');
    await expect(page.locator('#problem-title')).toHaveText('A file could not be loaded');
    await expect(page.locator('#problem-text')).toContainText(/\.wasm/);
    await expect(page.locator('#problem-text')).toContainText('Check the connection');
    await expect(page.locator('#engine-line')).toHaveText('The engine did not start');
    await expect(page.locator('#photo')).toBeVisible();
    await page.click('#language');
    await expect(page.locator('#problem-title')).toHaveText('有文件无法加载');
    expect(consoleErrors.every((error) => /ERR_FAILED|Failed to load|wasm/i.test(error))).toBe(true);
    consoleErrors.length = 0;
  });

  test('a browser without what the engine needs is told so', async ({ studio, page, consoleErrors }) => {
    await page.addInitScript(() => {
      WebAssembly.validate = () => false;
    });
    await studio({ wait: false });
    await state(page, 'problem');
    await expect(page.locator('#problem-title')).toHaveText('This browser is missing something');
    await expect(page.locator('#problem-text')).toContainText('SIMD');
    consoleErrors.length = 0;
  });

  test('a style that can\'t be fetched is explained, and tried again', async ({ studio, page, consoleErrors }) => {
    let cut = true;
    await page.route('**/*.onnx', (route) => (cut ? route.abort() : route.continue()));
    await studio({ wait: false });
    await state(page, 'problem');
    await expect(page.locator('#failure')).toContainText('A file could not be loaded');
    await expect(page.locator('#failure')).toContainText('.onnx');
    cut = false;
    await page.click('#again');
    await painted(page);
    await expect(page.locator('#failure')).toHaveCount(0);
    consoleErrors.length = 0;
  });

  test('memory that runs out paints smaller, and says so', async ({ studio, page }) => {
    // The engine gets 64 MB at most: enough for a megapixel, not for nine.
    const limit = 'const { Memory } = WebAssembly; WebAssembly.Memory = class extends Memory { constructor(d) { super({ ...d, maximum: 1024 }); } };';
    await page.route('**/brushwork-worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: limit + (await response.text()) });
    });
    await studio();
    await repaints(page, () => page.selectOption('#size', 'Infinity'));
    await expect(page.locator('#note')).toBeEmpty();
    const jpeg = await makePicture(page, { width: 3600, height: 2500 });
    await repaints(page, () => choose(page, file('large.jpg', jpeg)));
    await expect(page.locator('#note')).toHaveText('This size does not fit into the memory that the browser gives; it was painted smaller.');
    const [width, height] = await sizeOf(page);
    expect(width * height).toBeLessThan(9_000_000 / 1.5);
    // The engine has no memory for the file, but the browser has.
    await page.click('#save');
    const { bytes } = await saved(page, '#export-save');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
    await page.click('#export-close');
    await repaints(page, () => choose(page, lakePath));
    await expect(page.locator('#note')).toBeEmpty();
  });
});
