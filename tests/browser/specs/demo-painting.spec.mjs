// How the demo page paints: bands on the picture, cancelling, sliders, sizes.
import {
  choose, expect, file, fingerprint, lakePath, makePicture, painted, paintings, pixelsOf, repaints, saved, sizeOf, state, test, tile,
} from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

/** Chooses a photo large enough to be painted in many bands, and a size that keeps it so. */
async function bringLargePhoto(page, { width = 3000, height = 2000 } = {}) {
  const jpeg = await makePicture(page, { width, height });
  await repaints(page, () => choose(page, file('large.jpg', jpeg)));
  await repaints(page, () => page.selectOption('#size', 'Infinity'));
  expect(await sizeOf(page)).toEqual([width, height]);
}

/** Clicks at the next band that is painted, from the page itself: a fast machine leaves a mouse no time. */
const pressAtNextBand = (page, selector) =>
  page.evaluate((wanted) => {
    window.studio.atBand = () => document.querySelector(wanted).click();
  }, selector);

for (const isolation of [true, false]) {
  test(`bands appear on the picture as they are painted (${isolation ? 'isolated' : 'not isolated'})`, async ({ studio }) => {
    const page = await studio({ isolation });
    const jpeg = await makePicture(page, { width: 2600, height: 1900 });
    await page.selectOption('#size', 'Infinity');
    await painted(page);
    const before = await page.evaluate(() => (window.studio.bands = [], window.studio.done));
    await repaints(page, () => choose(page, file('large.jpg', jpeg)));
    const bands = (await page.evaluate(() => window.studio.bands)).filter(({ done }) => done === before);
    expect(bands.length).toBeGreaterThan(5);
    // The canvas was empty below the first band, and the painting was not called done.
    expect(bands[0].lastRowAlpha).toBe(0);
    expect(new Set(bands.map(({ top }) => Math.round(top))).size).toBeGreaterThan(5);
    expect(bands.reduce((sum, { height }) => sum + height, 0)).toBeGreaterThan(bands[0].of / 2);
    expect(bands.some(({ progress }) => progress > 0.1 && progress < 0.9)).toBe(true);
    await expect(page.locator('#progress')).toHaveCount(0);
  });
}

test('a tap on another style while one is painted leaves only that one', async ({ studio }) => {
  const page = await studio();
  await bringLargePhoto(page);
  const [, second, third] = styles;
  await repaints(page, () => tile(page, third.title).click());
  const wanted = await fingerprint(page);
  const before = await paintings(page);
  await pressAtNextBand(page, `#gallery input[value="${third.id}"]`);
  await tile(page, second.title).click();
  await expect(page.getByRole('radio', { name: third.title, exact: true })).toBeChecked();
  await painted(page);
  expect(await fingerprint(page)).toBe(wanted);
  expect(await paintings(page)).toBe(before + 1);
  await expect(page.locator('.tags .tag').last()).toHaveText(third.title);
});

test('cancel leaves the last painting, and Paint it paints after all', async ({ studio }) => {
  const page = await studio();
  await bringLargePhoto(page);
  const before = await fingerprint(page);
  await pressAtNextBand(page, '#cancel');
  await tile(page, styles[1].title).click();
  await state(page, 'stopped');
  await expect(page.locator('#status-text')).toHaveText('Stopped.');
  await expect(page.locator('#cancel')).toHaveCount(0);
  await expect.poll(() => fingerprint(page)).toBe(before);
  await expect(page.locator('.tags .tag').last()).toHaveText(styles[0].title);
  await repaints(page, () => page.getByRole('button', { name: 'Paint it' }).click());
  expect(await fingerprint(page)).not.toBe(before);
});

test('cancelled before the first painting of a photo, there is nothing to save or compare', async ({ studio }) => {
  const page = await studio();
  const jpeg = await makePicture(page, { width: 2400, height: 1600 });
  await pressAtNextBand(page, '#cancel');
  await choose(page, file('large.jpg', jpeg));
  await state(page, 'stopped');
  await expect(page.locator('#save')).toBeDisabled();
  await expect(page.locator('#compare')).toBeDisabled();
  await expect(page.locator('#split')).toHaveCount(0);
  await repaints(page, () => page.getByRole('button', { name: 'Paint it' }).click());
  await expect(page.locator('#save')).toBeEnabled();
});

test('12 megapixels as the photo: aborted in the middle, then painted whole', async ({ studio }) => {
  const page = await studio();
  const jpeg = await makePicture(page, { width: 4200, height: 3000 });
  await repaints(page, () => choose(page, file('huge.jpg', jpeg)));
  const medium = await sizeOf(page);
  await pressAtNextBand(page, '#cancel');
  await page.selectOption('#size', 'Infinity');
  await state(page, 'stopped');
  await expect.poll(() => sizeOf(page)).toEqual(medium);
  await repaints(page, () => page.getByRole('button', { name: 'Paint it' }).click());
  expect(await sizeOf(page)).toEqual([4200, 3000]);
  await expect(page.locator('#status-text')).toContainText('12.6 megapixels');
  await expect(page.locator('#note')).toBeEmpty();
  const strip = await pixelsOf(page, '#painting', [0, 2990, 4200, 1]);
  expect(strip.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
});

test('strength, colours and brush paint again, each differently, and back again the same', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  const plain = await fingerprint(page);
  const seen = [plain];
  for (const [slider, value, back] of [['#strength', '40', '100'], ['#colours', '100', '0'], ['#brush', '3', '1']]) {
    await repaints(page, () => page.locator(slider).fill(value));
    seen.push(await fingerprint(page));
    await repaints(page, () => page.locator(slider).fill(back));
    expect(await fingerprint(page), slider).toBe(plain);
  }
  expect(new Set(seen).size).toBe(4);
  await repaints(page, () => page.locator('#strength').fill('0'));
  const [painting, photo] = await Promise.all(['#painting', '#photo'].map((selector) => pixelsOf(page, selector, [0, 0, 900, 600])));
  const furthest = painting.reduce((most, value, i) => Math.max(most, Math.abs(value - photo[i])), 0);
  expect(furthest).toBeLessThanOrEqual(3); // two decoders of one JPEG
  await expect(page.locator('#strength-value')).toHaveText('0 %');
});

test('colours kept whole have the photo\'s hues', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  const means = async (selector) => {
    const data = await pixelsOf(page, selector, [0, 0, 900, 600]);
    const sums = [0, 0, 0];
    data.forEach((value, i) => i % 4 < 3 && (sums[i % 4] += value));
    const total = sums[0] + sums[1] + sums[2];
    return sums.map((sum) => sum / total);
  };
  const photo = await means('#photo');
  const apart = (a, b) => Math.hypot(...a.map((value, i) => value - b[i]));
  const before = apart(await means('#painting'), photo);
  await repaints(page, () => page.locator('#colours').fill('100'));
  expect(apart(await means('#painting'), photo)).toBeLessThan(before / 2);
});

test('a slider that is dragged ends with its last value', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  await repaints(page, () => page.locator('#strength').fill('35'));
  const wanted = await fingerprint(page);
  // What is moved again within 1.2 s is still the same drag.
  const letGo = () => page.waitForTimeout(1500);
  await letGo();
  await repaints(page, () => page.locator('#strength').fill('100'));
  await letGo();
  await page.evaluate(async () => {
    const slider = document.getElementById('strength');
    for (const value of [95, 80, 60, 45, 20, 0, 15, 30, 35]) {
      slider.value = String(value);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  });
  await expect.poll(() => fingerprint(page)).toBe(wanted);
  await painted(page);
  await expect(page.locator('#strength-value')).toHaveText('35 %');
  await page.click('#undo'); // one drag, one step
  await expect(page.locator('#strength-value')).toHaveText('100 %');
});

test('the size asked for is the size painted and saved', async ({ studio }) => {
  const page = await studio();
  const jpeg = await makePicture(page, { width: 2000, height: 1500 });
  await repaints(page, () => choose(page, file('three.jpg', jpeg)));
  expect((await sizeOf(page)).reduce((w, h) => w * h)).toBeLessThanOrEqual(1_000_000);
  await repaints(page, () => page.selectOption('#size', '500000'));
  const [width, height] = await sizeOf(page);
  expect(width * height).toBeLessThanOrEqual(500_000);
  expect(width * height).toBeGreaterThan(480_000);
  await expect(page.locator('#status-text')).toContainText(`${width} × ${height}, 0.5`);
  await page.click('#save');
  const { bytes } = await saved(page, '#export-save');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
});
