// The examples, used as a person would.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveExamples } from '../../../examples/serve.mjs';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { generator, modelsFolder, styles } from '../support/models.mjs';

const PHOTO = join(root, 'tests/browser/fixtures/lake.jpg');
const NOT_A_PHOTO = { name: 'letter.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('Dear Theo, I paint by night.') };

const test = base.extend({
  /** Opens an example. */
  open: async ({ page, consoleErrors: _ }, use) => {
    if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
    const servers = [];
    await use(async (name, options = {}) => {
      const server = await serveExamples(options);
      servers.push(server);
      await page.goto(`${server.url}${name}.html`);
      return page;
    });
    for (const server of servers) await server.close();
  },
});

/** Waits for what the example says when it has painted, then gives what is on the canvas: its size and a hash. */
async function painted(page, says) {
  await expect(page.locator('#status')).toContainText(says);
  return page.evaluate(async () => {
    const canvas = document.getElementById('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return { size: [canvas.width, canvas.height], colours: new Set(new Uint32Array(data.buffer)).size, hash: digest.join() };
  });
}

/** Makes a change, waits until that is painted, and gives what is on the canvas. */
async function repainted(page, says, change) {
  await page.locator('#status').evaluate((status) => (status.textContent = ''));
  await change();
  return painted(page, says);
}

async function savedJpeg(page) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  expect(file.suggestedFilename()).toBe('painting.jpg');
  return readFileSync(await file.path());
}

const slide = (page, id, value) => page.locator(id).fill(String(value));

for (const isolation of [true, false]) {
  test(`photo (${isolation ? 'isolated' : 'not isolated'})`, async ({ open }, info) => {
    const page = await open('photo', { isolation });
    const first = await painted(page, /painted in \d+ ms/);
    expect(first).toMatchObject({ size: [900, 600] });
    expect(first.colours).toBeGreaterThan(1000);
    const chosen = await repainted(page, /painted in/, () => page.setInputFiles('#photo', PHOTO));
    expect(chosen.hash).toBe(first.hash);
    const another = await repainted(page, /painted in/, () => page.selectOption('#style', { label: styles[1].title }));
    expect(another.hash).not.toBe(first.hash);
    const weak = await repainted(page, /painted in/, () => slide(page, '#strength', 0.3));
    expect(weak.hash).not.toBe(another.hash);
    expect([...(await savedJpeg(page)).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    await page.setInputFiles('#photo', NOT_A_PHOTO);
    await expect(page.locator('#status')).toHaveText(/needed JPEG, PNG/);
    await repainted(page, /painted in/, () => page.setInputFiles('#photo', PHOTO));
    await page.screenshot({ path: info.outputPath('photo.png') });
  });
}

test('own style', async ({ open }, info) => {
  const page = await open('own-style');
  const first = await painted(page, /in the style of Picture/);
  expect(first.colours).toBeGreaterThan(1000);
  await page.screenshot({ path: info.outputPath('own-style.png') });
  const another = await repainted(page, /in the style of starry-night/, () => page.setInputFiles('#picture', join(root, 'tests/golden/starry-night.png')));
  expect(another.hash).not.toBe(first.hash);
  await expect.poll(() => page.locator('#preview').evaluate((image) => image.naturalWidth)).toBeGreaterThan(0);
  const weak = await repainted(page, /in the style of/, () => slide(page, '#strength', 0.3));
  expect(weak.hash).not.toBe(another.hash);
  expect((await savedJpeg(page)).length).toBeGreaterThan(1000);
  await page.setInputFiles('#picture', NOT_A_PHOTO);
  await expect(page.locator('#status')).toHaveText(/needed JPEG, PNG/);
});

test('mix', async ({ open }, info) => {
  const page = await open('mix');
  const half = await painted(page, /, 50 to 50$/);
  await page.screenshot({ path: info.outputPath('mix.png') });
  const hashes = [half.hash];
  for (const share of [0, 0.25, 1]) hashes.push((await repainted(page, `, ${(1 - share) * 100} to ${share * 100}`, () => slide(page, '#share', share))).hash);
  expect(new Set(hashes).size).toBe(4);
  expect((await savedJpeg(page)).length).toBeGreaterThan(1000);
});

test('own model', async ({ open }, info) => {
  const page = await open('own-model');
  const sample = await painted(page, /painted by the sample model/);
  await page.screenshot({ path: info.outputPath('own-model.png') });
  const chosen = await repainted(page, `painted by ${generator.model}`, () => page.setInputFiles('#model', join(modelsFolder, generator.model)));
  expect(chosen.hash).toBe(sample.hash);
  const swapped = await repainted(page, `painted by ${generator.model}`, () => page.check('#bgr'));
  expect(swapped.hash).not.toBe(sample.hash);
  await page.setInputFiles('#model', NOT_A_PHOTO);
  await expect(page.locator('#status')).toHaveText(/onnx|ONNX|model/);
  await repainted(page, 'painted by', () => page.setInputFiles('#model', join(modelsFolder, generator.model)));
});

test('own model: a third-party one', async ({ open }, info) => {
  const model = join(process.env.BRUSHWORK_DATA ?? join(root, '../shared/data'), 'third_party/candy.onnx');
  test.skip(!existsSync(model), `no ${model} (BRUSHWORK_DATA)`);
  const page = await open('own-model');
  await painted(page, /painted by the sample model/);
  await page.selectOption('#range', '0,255');
  await page.check('#bgr');
  const { colours } = await repainted(page, 'painted by candy.onnx', () => page.setInputFiles('#model', model));
  expect(colours).toBeGreaterThan(1000);
  await page.screenshot({ path: info.outputPath('candy.png') });
});

for (const streams of [true, false]) {
  test(`webcam (${streams ? 'a stream of frames' : 'frames of a video element'})`, async ({ open, page }, info) => {
    if (!streams) await page.addInitScript(() => delete window.MediaStreamTrackProcessor);
    await open('webcam');
    await expect(page.locator('#status')).toHaveText('Ready');
    await page.selectOption('#size', '60000');
    await page.click('#start');
    const frames = /\d+ × \d+ pixels, \d+ frames a second/;
    const first = await painted(page, frames);
    expect(first.size[0] * first.size[1]).toBeLessThanOrEqual(60_000);
    expect(first.colours).toBeGreaterThan(100);
    await expect.poll(async () => (await painted(page, frames)).hash).not.toBe(first.hash);
    await page.selectOption('#style', { label: styles[1].title });
    await repainted(page, frames, () => undefined);
    await page.screenshot({ path: info.outputPath('webcam.png') });
    expect((await savedJpeg(page)).length).toBeGreaterThan(1000);
    await page.click('#start');
    await expect(page.locator('#start')).toHaveText('Start the camera');
    // It starts again.
    await repainted(page, frames, () => page.click('#start'));
  });
}

test('the list leads to all of them', async ({ open }, info) => {
  const page = await open('index');
  await page.screenshot({ path: info.outputPath('index.png') });
  const links = await page.getByRole('link').evaluateAll((anchors) => anchors.map(({ href }) => href));
  expect(links).toHaveLength(5);
  for (const link of links) expect((await page.request.get(link)).status(), link).toBe(200);
});
