// The demo page's picture: before and after, zoom and pan, two styles side by side.
import { choose, expect, file, lake, lakePath, makePicture, painted, pixelsOf, repaints, test, tile } from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

const splitValue = async (page) => Number(await page.locator('#split').getAttribute('aria-valuenow'));
const boxOf = (page, selector) => page.locator(selector).boundingBox();
const zoomPercent = async (page) => Number.parseFloat((await page.locator('#zoom-whole').textContent()).replace(',', ''));

async function open(studio, options) {
  const page = await studio(options);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await repaints(page, () => choose(page, lakePath));
  await expect.poll(() => splitValue(page)).toBe(32);
  return page;
}

/** What a person sees at a point of the window: a pixel of a screenshot. */
async function seen(page, x, y) {
  const png = await page.screenshot({ clip: { x: Math.round(x), y: Math.round(y), width: 1, height: 1 } });
  return page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.fromBase64(base64)]));
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  }, png.toString('base64'));
}

test('before and after by mouse: photo on the left of the handle, painting on the right', async ({ studio }) => {
  const page = await open(studio);
  const handle = await boxOf(page, '#split');
  const photo = await boxOf(page, '#photo');
  await page.mouse.move(handle.x + 1, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(photo.x + photo.width * 0.7, handle.y + 40, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => splitValue(page)).toBe(70);
  const clip = await page.locator('#painting').evaluate((canvas) => canvas.style.clipPath);
  expect(Number.parseFloat(/([\d.]+)px\)/.exec(clip)[1])).toBeCloseTo(photo.width * 0.7, -1);
  const { x, y } = { x: photo.x + photo.width * 0.5, y: photo.y + photo.height * 0.3 };
  const before = await seen(page, x, y);
  await page.mouse.click(photo.x + photo.width * 0.2, y); // nowhere near the handle: nothing moves by a click alone
  await page.mouse.move(photo.x + photo.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(photo.x + photo.width * 0.2, y, { steps: 3 }); // anywhere on the picture will do
  await page.mouse.up();
  await expect.poll(() => splitValue(page)).toBe(20);
  expect(await seen(page, x, y)).not.toEqual(before);
  await expect(page.locator('.tags .tag')).toHaveText(['Photo', styles[0].title]);
});

test('before and after by keyboard', async ({ studio }) => {
  const page = await open(studio);
  await page.focus('#split');
  for (const [key, value] of [['ArrowRight', 34], ['ArrowLeft', 32], ['PageUp', 42], ['End', 100], ['Home', 0]]) {
    await page.keyboard.press(key);
    await expect.poll(() => splitValue(page), key).toBe(value);
  }
  await expect(page.locator('#split')).toHaveAttribute('aria-valuetext', '0 %');
});

test('zoom by wheel stays at the pointer; the handle stays in sight; double click shows all', async ({ studio }) => {
  const page = await open(studio);
  const stage = await boxOf(page, '#stage');
  const whole = await boxOf(page, '#photo');
  const at = { x: whole.x + whole.width * 0.25, y: whole.y + whole.height * 0.75 };
  const placeOf = (box) => [(at.x - box.x) / box.width, (at.y - box.y) / box.height];
  const before = placeOf(whole);
  await page.mouse.move(at.x, at.y);
  for (let i = 0; i < 6; ++i) await page.mouse.wheel(0, -200);
  await expect.poll(async () => (await boxOf(page, '#photo')).width).toBeGreaterThan(whole.width * 2);
  const after = placeOf(await boxOf(page, '#photo'));
  before.forEach((value, i) => expect(after[i]).toBeCloseTo(value, 1));
  const handle = await boxOf(page, '#split');
  expect(handle.x).toBeGreaterThan(stage.x);
  expect(handle.x).toBeLessThan(stage.x + stage.width);
  await page.mouse.dblclick(stage.x + stage.width * 0.8, stage.y + 60);
  await expect.poll(async () => (await boxOf(page, '#photo')).width).toBeCloseTo(whole.width, 0);
});

test('zoom by keys and buttons; pan by mouse and keys', async ({ studio }) => {
  const page = await open(studio);
  const whole = await boxOf(page, '#photo');
  const start = await zoomPercent(page);
  await page.focus('#stage');
  await page.keyboard.press('+');
  await expect.poll(() => zoomPercent(page)).toBeGreaterThan(start);
  await page.keyboard.press('-');
  await expect.poll(() => zoomPercent(page)).toBe(start);
  await expect(page.locator('#zoom-out')).toBeDisabled();
  await page.click('#zoom-in');
  await page.click('#zoom-in');
  await page.click('#zoom-in');
  const near = await boxOf(page, '#photo');
  expect(near.width).toBeGreaterThan(whole.width * 3);

  const stage = await boxOf(page, '#stage');
  const [x, y] = [stage.x + stage.width * 0.8, stage.y + stage.height * 0.4];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x - 100, y + 60, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => Math.round((await boxOf(page, '#photo')).x - near.x)).toBe(-100);
  expect(Math.round((await boxOf(page, '#photo')).y - near.y)).toBe(60);
  await page.focus('#stage');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => Math.round((await boxOf(page, '#photo')).x - near.x)).toBe(-40);
  await page.click('#zoom-out');
  await expect.poll(async () => (await boxOf(page, '#photo')).width).toBeLessThan(near.width);
  await page.click('#zoom-whole');
  await expect.poll(async () => (await boxOf(page, '#photo')).width).toBeCloseTo(whole.width, 0);
});

test('at 1:1 a pixel of the screen is a pixel of the painting', async ({ studio }) => {
  const page = await studio();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const jpeg = await makePicture(page, { width: 2400, height: 1600 });
  await repaints(page, () => choose(page, file('large.jpg', jpeg)));
  await repaints(page, () => page.selectOption('#size', 'Infinity'));
  await page.click('#zoom-actual');
  await expect.poll(() => zoomPercent(page)).toBe(100);
  await page.focus('#split');
  await page.keyboard.press('Home');
  await expect.poll(() => splitValue(page)).toBe(0);
  const photo = await boxOf(page, '#photo');
  expect([photo.width, photo.height]).toEqual([2400, 1600]);
  // A pixel may lie between two of the screen, so the screen's is near one of its neighbours'.
  const stage = await boxOf(page, '#stage');
  const clip = { x: Math.round(stage.x + stage.width * 0.45), y: Math.round(stage.y + stage.height * 0.35), width: 60, height: 40 };
  const png = await page.screenshot({ clip });
  const screen = await page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.fromBase64(base64)]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    return new Uint8Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer).toBase64();
  }, png.toString('base64')).then((base64) => Buffer.from(base64, 'base64'));
  const differences = [];
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) {
      const area = [Math.round(clip.x - photo.x) + dx, Math.round(clip.y - photo.y) + dy, clip.width, clip.height];
      const own = await pixelsOf(page, '#painting', area);
      differences.push(own.reduce((sum, value, i) => sum + Math.abs(value - screen[i]), 0) / own.length);
    }
  }
  expect(Math.min(...differences)).toBeLessThan(6);
  expect(Math.max(...differences)).toBeGreaterThan(3 * Math.min(...differences));
});

test('two fingers zoom, one pans', async ({ studio, page, context }) => {
  await open(studio);
  const session = await context.newCDPSession(page);
  const whole = await boxOf(page, '#photo');
  const [x, y] = [whole.x + whole.width / 2, whole.y + whole.height / 3];
  const touch = (type, points) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([px, py], id) => ({ x: px, y: py, id })) });
  await touch('touchStart', [[x - 40, y]]);
  await touch('touchStart', [[x - 40, y], [x + 40, y]]);
  for (let apart = 50; apart <= 120; apart += 10) await touch('touchMove', [[x - apart, y], [x + apart, y]]);
  await touch('touchEnd', []);
  await expect.poll(async () => (await boxOf(page, '#photo')).width / whole.width).toBeGreaterThan(2.5);
  const near = await boxOf(page, '#photo');
  await touch('touchStart', [[x, y]]);
  for (let moved = 10; moved <= 80; moved += 10) await touch('touchMove', [[x + moved, y]]);
  await touch('touchEnd', []);
  await expect.poll(async () => (await boxOf(page, '#photo')).x - near.x).toBeGreaterThan(50);
});

test('a painting is kept on the left, and the next style is compared with it', async ({ studio }) => {
  const page = await open(studio);
  const first = await pixelsOf(page, '#painting', [0, 0, 900, 600]);
  await page.click('#compare');
  await expect(page.locator('#compare')).toHaveAttribute('aria-pressed', 'true');
  await repaints(page, () => tile(page, styles[2].title).click());
  await expect(page.locator('.tags .tag')).toHaveText([styles[0].title, styles[2].title]);
  expect((await pixelsOf(page, '#photo', [0, 0, 900, 600])).equals(first)).toBe(true);
  expect((await pixelsOf(page, '#painting', [0, 0, 900, 600])).equals(first)).toBe(false);
  await page.click('#compare');
  await expect(page.locator('.tags .tag')).toHaveText(['Photo', styles[2].title]);
  expect((await pixelsOf(page, '#photo', [0, 0, 900, 600])).equals(first)).toBe(false);
  await page.click('#compare');
  await repaints(page, () => choose(page, file('other.jpg', lake)));
  await expect(page.locator('#compare')).toHaveAttribute('aria-pressed', 'false'); // of another photo: nothing to compare
  await painted(page);
});
