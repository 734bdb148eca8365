// The demo page's first seconds, and every way a photo comes in.
import { deflateSync, crc32 } from 'node:zlib';
import {
  choose, decoded, drop, expect, file, fingerprint, lake, lakePath, makePicture, painted, paste, previewsPainted, repaints, saved, sizeOf, state, test,
} from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

const swatches = (page) =>
  page.locator('#gallery .swatch canvas').evaluateAll((canvases) => canvases.map((canvas) => canvas.toDataURL()));

for (const isolation of [true, false]) {
  test(`opens with a painting; a photo is painted, in every style's tile too (${isolation ? 'isolated' : 'not isolated'})`, async ({ studio }) => {
    const page = await studio({ isolation });
    await expect(page.locator('#engine-line')).toHaveText(isolation ? /relaxed SIMD, \d+ threads/ : /relaxed SIMD, \d+ workers/);
    await expect(page.locator('#status-text')).toContainText('1200 × 800');
    await expect(page.getByRole('heading', { name: 'Make a painting of any photo' })).toBeVisible();
    await previewsPainted(page, styles.length);
    const ofSample = await swatches(page);
    expect(new Set(ofSample).size).toBe(styles.length);
    const before = await fingerprint(page);

    await repaints(page, () => choose(page, lakePath));
    expect(await sizeOf(page)).toEqual([900, 600]);
    expect(await fingerprint(page)).not.toBe(before);
    await expect(page.getByRole('heading', { name: 'Make a painting of any photo' })).toHaveCount(0);
    await expect.poll(async () => (await swatches(page)).filter((url) => !ofSample.includes(url)).length).toBe(styles.length);
  });
}

test('a tap on a style paints in it', async ({ studio }) => {
  const page = await studio();
  const seen = new Set([await fingerprint(page)]);
  for (const { title } of styles.slice(1, 4)) {
    await repaints(page, () => page.getByRole('radio', { name: title, exact: true }).click({ force: true }));
    seen.add(await fingerprint(page));
  }
  expect(seen.size).toBe(4);
});

test('a dropped photo, and a pasted one', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => drop(page, 'dropped.jpg', 'image/jpeg', lake));
  expect(await sizeOf(page)).toEqual([900, 600]);
  await repaints(page, () => paste(page, 'pasted.jpg', 'image/jpeg', lake));
  await page.click('#save');
  expect((await saved(page, '#export-save')).name).toMatch(/^pasted-/);
});

const BROKEN = {
  'a letter': ['letter.jpg', Buffer.from('Dear Theo, I paint by night.'), /needed JPEG, PNG/],
  'an empty file': ['empty.png', Buffer.alloc(0), /0 bytes|empty/],
  'the beginning of a photo': ['half.jpg', lake.subarray(0, 400), /JPEG/],
};

for (const [what, [name, bytes, reason]] of Object.entries(BROKEN)) {
  test(`${what} is refused in clear words, nothing is lost, and the next photo is painted`, async ({ studio }) => {
    const page = await studio();
    const before = await fingerprint(page);
    await choose(page, file(name, bytes));
    await state(page, 'problem');
    await expect(page.locator('#problem-title')).toHaveText('That is not a picture brushwork can read');
    await expect(page.locator('#problem-text')).toContainText(name);
    await expect(page.locator('#problem-text')).toContainText(reason);
    await expect(page.locator('#problem-text')).toContainText('Choose a JPEG, PNG');
    await page.click('#problem-close');
    await painted(page);
    expect(await fingerprint(page)).toBe(before);
    await choose(page, file(name, bytes));
    await state(page, 'problem');
    await repaints(page, () => choose(page, lakePath));
    await expect(page.locator('#problem')).toBeHidden();
    expect(await sizeOf(page)).toEqual([900, 600]);
  });
}

test('half a photo is painted as far as the browser reads it, or refused', async ({ studio }) => {
  const page = await studio();
  await choose(page, file('half.jpg', lake.subarray(0, lake.length / 2)));
  await expect(page.locator('#app')).toHaveAttribute('data-state', /problem|busy/);
  await expect(page.locator('#app')).toHaveAttribute('data-state', /problem|done/);
  if ((await page.locator('#app').getAttribute('data-state')) === 'problem') await expect(page.locator('#problem-text')).toContainText(/half\.jpg.*JPEG/);
  else expect(await sizeOf(page)).toEqual([900, 600]);
  await repaints(page, () => choose(page, file('whole.png', Buffer.from(lake), 'image/png'))); // the name does not matter
});

test('WebP, PNG and one-coloured GIF are painted', async ({ studio }) => {
  const page = await studio();
  const gif = Buffer.from('R0lGODdhEAAQAIAAAMDAwAAAACwAAAAAEAAQAAACDoSPqcvtD6OctNqLsz4FADs=', 'base64');
  const webp = await makePicture(page, { width: 320, height: 200, type: 'image/webp' });
  await repaints(page, () => choose(page, file('a.webp', webp, 'image/webp')));
  expect(await sizeOf(page)).toEqual([320, 200]);
  const png = await makePicture(page, { width: 200, height: 320, type: 'image/png' });
  await repaints(page, () => choose(page, file('b.png', png, 'image/png')));
  expect(await sizeOf(page)).toEqual([200, 320]);
  await repaints(page, () => choose(page, file('c.gif', gif, 'image/gif')));
  expect(await sizeOf(page)).toEqual([16, 16]);
});

for (const [width, height] of [[1, 1], [4000, 20], [7, 900]]) {
  test(`a picture of ${width} × ${height}`, async ({ studio }) => {
    const page = await studio();
    const png = await makePicture(page, { width, height, type: 'image/png' });
    await repaints(page, () => choose(page, file('odd.png', png, 'image/png')));
    expect(await sizeOf(page)).toEqual([width, height]);
    await expect(page.locator('#status-text')).toContainText(`${width} × ${height}`);
    await expect(page.locator('#status-text')).toContainText({ 1: ', 1 pixel,', 6300: '6,300 pixels', 80_000: '0.08 megapixels' }[width * height]);
    const [stage, photo] = await Promise.all(['#stage', '#photo'].map((selector) => page.locator(selector).boundingBox()));
    expect(photo.x).toBeGreaterThanOrEqual(stage.x);
    expect(photo.x + photo.width).toBeLessThanOrEqual(stage.x + stage.width + 1);
    await repaints(page, () => choose(page, lakePath));
  });
}

test('transparent parts of a PNG stay transparent', async ({ studio }) => {
  const page = await studio();
  const png = await makePicture(page, { width: 400, height: 300, type: 'image/png', transparent: true });
  await repaints(page, () => choose(page, file('clear.png', png, 'image/png')));
  await page.click('#save');
  const { bytes } = await saved(page, '#export-save');
  const { pixels } = await decoded(page, bytes, [[0.2, 0.5], [0.8, 0.5]]);
  expect(pixels.map(([, , , alpha]) => alpha)).toEqual([0, 255]);
});

/** A black PNG of one bit a pixel: few bytes for many pixels. */
function flatPng(width, height) {
  const chunk = (type, body) => {
    const named = Buffer.concat([Buffer.from(type), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

test('a picture of 108 megapixels is painted at the size asked for; its own is too large, and the page says so', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, file('wall.png', flatPng(12_000, 9_000), 'image/png')));
  await expect(page.locator('#note')).toBeEmpty();
  await repaints(page, () => page.selectOption('#size', 'Infinity'));
  await expect(page.locator('#note')).toContainText('too large to be read whole');
  await expect(page.locator('#status-text')).toContainText('megapixel');
  await repaints(page, () => choose(page, lakePath));
  await expect(page.locator('#note')).toBeEmpty();
});

test('a picture too large for the browser is refused in clear words', async ({ studio }) => {
  const page = await studio();
  await choose(page, file('town.png', flatPng(60_000, 40_000), 'image/png'));
  await state(page, 'problem');
  await expect(page.locator('#problem-title')).toHaveText('That picture is too large');
  await expect(page.locator('#problem-text')).toContainText('town.png');
  await repaints(page, () => choose(page, lakePath));
});
