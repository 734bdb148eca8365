// The demo page, used as a person would.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../demo/serve.mjs';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { generator, modelsFolder, styles } from '../support/models.mjs';

const photo = join(root, 'tests/browser/fixtures/lake.jpg');
const pageFolder = join(root, 'demo/dist/');

const test = base.extend({
  /** Opens the page and waits until there are styles to choose from. */
  open: async ({ page, consoleErrors: _ }, use) => {
    if (!existsSync(join(pageFolder, 'index.html'))) throw new Error('demo/dist is missing: build the page first');
    const servers = [];
    await use(async ({ isolation = true, width = 1280, height = 800 } = {}) => {
      const server = await serve({ root: pageFolder, isolation });
      servers.push(server);
      await page.setViewportSize({ width, height });
      await page.goto(server.url);
      await expect(page.locator('#gallery input').first()).toBeAttached();
      return page;
    });
    for (const server of servers) await server.close();
  },
});

const state = (page, name) => expect(page.locator('#app')).toHaveAttribute('data-state', name, { timeout: 60_000 });

async function painted(page) {
  await state(page, 'done');
  const size = await page.locator('#painting').evaluate((canvas) => canvas.width * canvas.height);
  expect(size).toBeGreaterThan(0);
}

async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Drops a file on the page, as the browser would say it. */
async function drop(page, name, type, bytes) {
  const transfer = await page.evaluateHandle(
    ([fileName, mime, base64]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], fileName, { type: mime }));
      return data;
    },
    [name, type, bytes.toString('base64')],
  );
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await expect(page.locator('.drop-hint')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await expect(page.locator('.drop-hint')).toBeHidden();
}

for (const isolation of [true, false]) {
  test(`choose, paint, download (${isolation ? 'isolated' : 'not isolated'})`, async ({ open }) => {
    const page = await open({ isolation });
    await expect(page.locator('#engine-line')).toHaveText(isolation ? /relaxed SIMD, \d+ threads/ : /relaxed SIMD, \d+ workers/);
    await page.setInputFiles('#choose', photo);
    await painted(page);
    const png = await download(page, '#download-png');
    expect(png.name).toMatch(/^lake-.+\.png$/);
    expect([...png.bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect([png.bytes.readUInt32BE(16), png.bytes.readUInt32BE(20)]).toEqual([900, 600]);
    const jpeg = await download(page, '#download-jpeg');
    expect(jpeg.name).toMatch(/\.jpg$/);
    expect([...jpeg.bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  });
}

test('the sample; strength and size paint again', async ({ open }) => {
  const page = await open();
  await page.click('#sample');
  await painted(page);
  await page.locator('#strength').fill('40');
  await painted(page);
  await expect(page.locator('#strength-value')).toHaveText('40 %');
  await page.selectOption('#size', '500000');
  await painted(page);
  await expect(page.locator('#status-text')).toHaveText(/0\.\d+ megapixels/);
});

test('a dropped photo, and a pasted one', async ({ open }) => {
  const page = await open();
  const bytes = readFileSync(photo);
  await drop(page, 'dropped.jpg', 'image/jpeg', bytes);
  await painted(page);
  await page.evaluate((base64) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'pasted.jpg', { type: 'image/jpeg' }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, bytes.toString('base64'));
  await state(page, 'busy');
  await painted(page);
  expect((await download(page, '#download-png')).name).toMatch(/^pasted-/);
});

test('a wrong file says what was got and needed, and the next photo is painted', async ({ open }) => {
  const page = await open();
  await page.setInputFiles('#choose', { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Dear Theo, I paint by night.') });
  await state(page, 'problem');
  await expect(page.locator('#problem-text')).toContainText('letter.jpg');
  await expect(page.locator('#problem-text')).toContainText(/needed JPEG, PNG/);
  await page.setInputFiles('#choose', photo);
  await painted(page);
});

test('cancel, then paint after all', async ({ open }) => {
  const page = await open();
  // Stops it from the page itself as soon as it is under way: a fast machine leaves a mouse no time.
  await page.evaluate(() => {
    const cancel = document.getElementById('cancel');
    const app = document.getElementById('app');
    new MutationObserver((_, observer) => {
      if (app.dataset.state !== 'busy') return;
      observer.disconnect();
      cancel.click();
    }).observe(app, { attributes: true });
  });
  await page.setInputFiles('#choose', photo);
  await state(page, 'stopped');
  await expect(page.locator('#download-png')).toBeDisabled();
  await page.click('#again');
  await painted(page);
});

test('every built-in style is shown, and chosen by mouse or keyboard', async ({ open }) => {
  for (const [width, height] of [[1280, 800], [360, 740]]) {
    const page = await open({ width, height });
    const tiles = page.locator('#gallery label.tile');
    await expect(tiles).toHaveCount(styles.length);
    expect(await tiles.allTextContents()).toEqual(styles.map(({ title }) => title));
    await expect.poll(() => page.locator('#gallery img').evaluateAll((images) => images.filter(({ naturalWidth }) => naturalWidth > 60).length)).toBe(styles.length);
    for (const { title } of styles) await expect(page.getByRole('radio', { name: title, exact: true })).toHaveCount(1);
    await page.getByRole('radio', { name: styles[0].title, exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('radio', { name: styles[1].title, exact: true })).toBeChecked();
    await expect(page.locator('#credit')).toContainText(styles[1].licence);
    const last = tiles.last();
    await last.click();
    await expect(last.locator('input')).toBeChecked();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test('a picture makes a style; a wrong file is explained', async ({ open }) => {
  const page = await open();
  await page.setInputFiles('#choose', photo);
  await painted(page);
  await page.setInputFiles('#style-file', { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Dear Theo, I paint by night.') });
  await expect(page.locator('#style-problem')).toContainText(/letter\.jpg.*needed JPEG, PNG/);
  await state(page, 'done');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Your picture' }).click()]);
  await chooser.setFiles({ name: 'my drawing.jpg', mimeType: 'image/jpeg', buffer: readFileSync(join(modelsFolder, styles[1].preview)) });
  await expect(page.getByRole('radio', { name: 'my drawing' })).toBeChecked();
  await expect(page.locator('#style-problem')).toBeEmpty();
  await expect(page.locator('#style-status')).toBeEmpty();
  await expect(page.locator('#credit')).toContainText('your picture');
  await painted(page);
  expect((await download(page, '#download-png')).name).toMatch(/^lake-picture-\d+\.png$/);
});

test('a model of one\'s own: a broken one is explained, a good one paints', async ({ open }) => {
  const page = await open();
  const onnx = readFileSync(join(modelsFolder, generator.model));
  await drop(page, 'half.onnx', '', onnx.subarray(0, onnx.length / 2));
  await page.click('#model-load');
  await expect(page.locator('#model-problem')).toContainText(/half\.onnx/);
  await page.setInputFiles('#model-file', { name: 'mine.onnx', mimeType: 'application/octet-stream', buffer: onnx });
  await page.click('#model-load');
  await expect(page.locator('#model-dialog')).toBeHidden();
  await expect(page.locator('#gallery')).toContainText('mine');
  await page.setInputFiles('#choose', photo);
  await painted(page);
  expect((await download(page, '#download-png')).name).toBe('lake-model-1.png');
});

test('on a phone nothing is cut off, and the slider works by keyboard', async ({ open }) => {
  const page = await open({ width: 360, height: 740 });
  await page.setInputFiles('#choose', photo);
  await painted(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expect(page.locator('#download-png')).toBeVisible();
  await page.waitForTimeout(1000); // the painting is drawn in
  await page.focus('#split');
  const before = Number(await page.inputValue('#split'));
  await page.keyboard.press('ArrowRight');
  expect(Number(await page.inputValue('#split'))).toBe(before + 1);
});
