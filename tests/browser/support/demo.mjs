// The demo page as a person uses it: opening it, waiting for paintings, bringing files, and reading what is on the canvases.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../demo/serve.mjs';
import { expect, root, test as base } from './fixtures.mjs';

export { expect, root };
export const pageFolder = join(root, 'demo/dist/');
export const lakePath = join(root, 'tests/browser/fixtures/lake.jpg');
export const lake = readFileSync(lakePath);

/** Counts finished paintings, notes every band, and calls `studio.atBand` once at the next one. */
function watchTheEasel() {
  const studio = { done: 0, bands: [], atBand: undefined };
  window.studio = studio;
  const note = (canvas, context, top, height) => {
    const last = context.getImageData(0, canvas.height - 1, 1, 1).data;
    const progress = document.getElementById('progress')?.value;
    studio.bands.push({ top, height, of: canvas.height, lastRowAlpha: last[3], done: studio.done, progress });
    const then = studio.atBand;
    studio.atBand = undefined;
    then?.();
  };
  // Bands are put on the canvas as they are, or drawn smaller where the painting is large.
  const { putImageData, drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (image, x, y) {
    putImageData.call(this, image, x, y);
    if (this.canvas.id === 'painting' && image.height < this.canvas.height) note(this.canvas, this, y, image.height);
  };
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
    drawImage.call(this, source, ...place);
    const [, y, , height] = place;
    if (this.canvas.id === 'painting' && height < this.canvas.height) note(this.canvas, this, y, height);
  };
  let state;
  addEventListener('DOMContentLoaded', () => {
    const app = document.getElementById('app');
    new MutationObserver(() => {
      const before = state;
      state = app.dataset.state;
      if (before === 'busy' && state === 'done') studio.done += 1; // and not when a problem is put away
    }).observe(app, { attributes: true });
  });
}

export const test = base.extend({
  /** Opens the page; by default waits for the painting that it opens with. */
  studio: async ({ page, consoleErrors: _ }, use) => {
    if (!existsSync(join(pageFolder, 'index.html'))) throw new Error('demo/dist is missing: build the page first');
    const servers = [];
    await use(async ({ isolation = true, width = 1280, height = 800, wait = true } = {}) => {
      const server = await serve({ root: pageFolder, isolation });
      servers.push(server);
      await page.setViewportSize({ width, height });
      await page.addInitScript(watchTheEasel);
      // From the start: a key press may overtake the order to hand the browser's dialog over to the test.
      page.on('filechooser', () => undefined);
      await page.goto(server.url);
      if (wait) await painted(page);
      return page;
    });
    for (const server of servers) await server.close();
  },
});

/** `starting`, `busy`, `done`, `stopped`, `problem`. */
export const state = (page, name) => expect(page.locator('#app')).toHaveAttribute('data-state', name);
export const painted = (page) => state(page, 'done');
export const paintings = (page) => page.evaluate(() => window.studio.done);

/** Does what starts a painting, and waits until it and whatever follows it are done. */
export async function repaints(page, action) {
  const before = await paintings(page);
  await action();
  await expect.poll(() => paintings(page)).toBeGreaterThan(before);
  await painted(page);
}

/** Every tile shows the photo in its style. */
export const previewsPainted = (page, count) => expect(page.locator('#gallery .swatch canvas')).toHaveCount(count);

/** Canvases are drawn with the frame that follows a change of what they show, or 35 ms later where there are no frames. */
const drawn = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));

/** The canvas's size, and a number that changes when any of its pixels does. */
export async function fingerprint(page, selector = '#painting') {
  await drawn(page);
  return page.locator(selector).evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let hash = 0x811c9dc5;
    for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
    return `${canvas.width}×${canvas.height} ${hash >>> 0}`;
  });
}

/** RGBA of a rectangle of a canvas, in its own pixels, as bytes. */
export async function pixelsOf(page, selector, area) {
  await drawn(page);
  const base64 = await page.locator(selector).evaluate((canvas, rectangle) => {
    const { data } = canvas.getContext('2d').getImageData(...rectangle);
    return new Uint8Array(data.buffer).toBase64();
  }, area);
  return Buffer.from(base64, 'base64');
}

export async function sizeOf(page, selector = '#painting') {
  await drawn(page);
  return page.locator(selector).evaluate(({ width, height }) => [width, height]);
}

/** Encodes a picture in the page: bands of colour with some texture, so that what is painted differs everywhere. */
export async function makePicture(page, { width, height, type = 'image/jpeg', transparent = false }) {
  const base64 = await page.evaluate(async ([w, h, mime, clear]) => {
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext('2d');
    const fade = context.createLinearGradient(0, 0, w, h);
    ['#264b8c', '#e8b04a', '#3f7d4e', '#c8402a'].forEach((colour, i) => fade.addColorStop(i / 3, colour));
    context.fillStyle = fade;
    if (clear) context.fillRect(w / 2, 0, w / 2, h);
    else context.fillRect(0, 0, w, h);
    context.globalCompositeOperation = 'source-atop';
    for (let i = 0; i < 400; ++i) {
      context.fillStyle = `hsl(${(i * 47) % 360} 60% 50% / 0.5)`;
      context.fillRect((i * 7919) % w, (i * 104_729) % h, 1 + w / 25, 1 + h / 25);
    }
    const blob = await canvas.convertToBlob({ type: mime, quality: 0.9 });
    if (blob.type !== mime) return undefined;
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.split(',')[1]);
      reader.readAsDataURL(blob);
    });
  }, [width, height, type, transparent]);
  if (base64 === undefined) throw new Error(`this browser encodes no ${type}`);
  return Buffer.from(base64, 'base64');
}

export const file = (name, buffer, mimeType = 'image/jpeg') => ({ name, mimeType, buffer });
export const choose = (page, chosen) => page.setInputFiles('#choose', chosen);

const transferOf = (page, name, type, bytes) =>
  page.evaluateHandle(([fileName, mime, base64]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], fileName, { type: mime }));
    return data;
  }, [name, type, bytes.toString('base64')]);

/** Drops a file on the page, as the browser would say it. */
export async function drop(page, name, type, bytes) {
  const dataTransfer = await transferOf(page, name, type, bytes);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer });
  await expect(page.locator('.drop-hint')).toBeVisible();
  await page.dispatchEvent('body', 'drop', { dataTransfer });
  await expect(page.locator('.drop-hint')).toBeHidden();
}

export async function paste(page, name, type, bytes) {
  const transfer = await transferOf(page, name, type, bytes);
  await page.evaluate((clipboardData) => {
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, transfer);
}

/** Presses a button that saves a file, and reads it. */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** What a browser sees in an encoded picture: its size, and pixels at places given as parts of it. */
export const decoded = (page, bytes, places = []) =>
  page.evaluate(async ([base64, at]) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const pixel = ([x, y]) => [...context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data];
    return { width, height, pixels: at.map(pixel) };
  }, [bytes.toString('base64'), places]);

/** The tile of a style, by the name that is read out. */
export const tile = (page, title) => page.locator('#gallery label.tile').filter({ hasText: title });
