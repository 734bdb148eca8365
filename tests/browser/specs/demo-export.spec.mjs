// What the demo page gives out: files, the clipboard, the share sheet; upright, and with nothing of the photo's metadata.
import { choose, decoded, expect, file, lakePath, makePicture, pixelsOf, repaints, saved, sizeOf, test, tile } from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

const WHO = 'Brushwork Secret Camera';

/** The JPEG with EXIF that says: turned as `orientation`, taken with a camera of that name. */
function withExif(jpeg, orientation) {
  const entry = (tag, type, count, value) => {
    const field = Buffer.alloc(12);
    field.writeUInt16BE(tag, 0);
    field.writeUInt16BE(type, 2);
    field.writeUInt32BE(count, 4);
    if (type === 3) field.writeUInt16BE(value, 8);
    else field.writeUInt32BE(value, 8);
    return field;
  };
  const text = Buffer.from(`${WHO}\0`);
  const tiff = Buffer.from('MM\0*\0\0\0\x08\0\x02', 'latin1');
  const directory = [entry(0x010f, 2, text.length, 8 + 2 + 24 + 4), entry(0x0112, 3, 1, orientation), Buffer.alloc(4)];
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, ...directory, text]);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** Red on the left, blue on the right. */
async function redAndBlue(page) {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(400, 240);
    const context = canvas.getContext('2d');
    context.fillStyle = '#d02020';
    context.fillRect(0, 0, 200, 240);
    context.fillStyle = '#2020d0';
    context.fillRect(200, 0, 200, 240);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.95 });
    return new Uint8Array(await blob.arrayBuffer()).toBase64();
  });
  return Buffer.from(base64, 'base64');
}

const isRed = ([r, , b]) => r > 150 && b < 90;
const isBlue = ([r, , b]) => b > 150 && r < 90;

const FORMATS = {
  'image/png': { ending: 'png', magic: '89504e47', metadata: ['eXIf', 'tEXt', 'iTXt', 'zTXt', 'tIME'] },
  'image/jpeg': { ending: 'jpg', magic: 'ffd8ff', metadata: ['Exif', 'http://ns.adobe.com', 'Photoshop'] },
  'image/webp': { ending: 'webp', magic: '52494646', metadata: ['EXIF', 'XMP '] },
};

test('a photo with EXIF comes out upright, in every format, and with no metadata', async ({ studio }) => {
  const page = await studio();
  const photo = withExif(await redAndBlue(page), 6);
  expect(photo.includes(WHO)).toBe(true);
  await repaints(page, () => choose(page, file('turned.jpg', photo)));
  await repaints(page, () => page.locator('#strength').fill('0'));
  expect(await sizeOf(page)).toEqual([240, 400]);
  expect(await sizeOf(page, '#photo')).toEqual([240, 400]);
  await page.click('#save');
  for (const [type, { ending, magic, metadata }] of Object.entries(FORMATS)) {
    await page.selectOption('#export-format', type);
    const { name, bytes } = await saved(page, '#export-save');
    expect(name).toBe(`turned-${styles[0].id}.${ending}`);
    expect(bytes.subarray(0, magic.length / 2).toString('hex')).toBe(magic);
    const { width, height, pixels: [top, bottom] } = await decoded(page, bytes, [[0.5, 0.1], [0.5, 0.9]]);
    expect([width, height]).toEqual([240, 400]);
    expect(isRed(top) && isBlue(bottom), `${type}: ${top} over ${bottom}`).toBe(true);
    for (const word of [WHO, ...metadata]) expect(bytes.includes(word), `${type} has ${word}`).toBe(false);
    await expect(page.locator('#export-message')).toHaveText(`Saved as ${name}.`);
  }
});

test('the quality of JPEG and WebP makes files smaller; PNG has none', async ({ studio }) => {
  const page = await studio();
  await page.click('#save');
  await expect(page.locator('#export-quality')).toHaveCount(0);
  for (const type of ['image/jpeg', 'image/webp']) {
    await page.selectOption('#export-format', type);
    await page.locator('#export-quality').fill('92');
    const fine = await saved(page, '#export-save');
    await page.locator('#export-quality').fill('45');
    const coarse = await saved(page, '#export-save');
    expect(coarse.bytes.length, type).toBeLessThan(fine.bytes.length / 1.5);
  }
});

test('saved as shown, or painted at the photo\'s full resolution first', async ({ studio }) => {
  const page = await studio();
  const jpeg = await makePicture(page, { width: 2000, height: 1500 });
  await repaints(page, () => choose(page, file('three.jpg', jpeg)));
  const [width, height] = await sizeOf(page);
  expect(width * height).toBeLessThanOrEqual(1_000_000);
  await page.click('#save');
  const shown = await saved(page, '#export-save');
  expect(await decoded(page, shown.bytes)).toMatchObject({ width, height });
  await page.locator('input[name="export-size"][value="full"]').check();
  const full = await saved(page, '#export-save');
  expect(await decoded(page, full.bytes)).toMatchObject({ width: 2000, height: 1500 });
  await page.click('#export-close');
  await expect(page.locator('#export-dialog')).toBeHidden();
  await expect(page.locator('#save')).toBeEnabled();
});

test('what is saved is what is on the screen', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  await repaints(page, () => tile(page, styles[3].title).click());
  await page.click('#save');
  const { bytes } = await saved(page, '#export-save');
  const places = [[0.1, 0.1], [0.5, 0.5], [0.9, 0.3], [0.3, 0.95]];
  const { pixels } = await decoded(page, bytes, places);
  for (const [i, [u, v]] of places.entries()) {
    expect(pixels[i]).toEqual([...await pixelsOf(page, '#painting', [Math.floor(u * 900), Math.floor(v * 600), 1, 1])]);
  }
});

test('copied to the clipboard', async ({ studio, context }) => {
  const page = await studio();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await repaints(page, () => choose(page, lakePath));
  await page.click('#save');
  await page.click('#export-copy');
  await expect(page.locator('#export-message')).toHaveText('Copied to the clipboard.');
  const base64 = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    return new Uint8Array(await (await item.getType('image/png')).arrayBuffer()).toBase64();
  });
  const { width, height, pixels: [middle] } = await decoded(page, Buffer.from(base64, 'base64'), [[0.5, 0.5]]);
  expect([width, height]).toEqual([900, 600]);
  expect(middle).toEqual([...await pixelsOf(page, '#painting', [450, 300, 1, 1])]);
});

test('a clipboard that refuses is explained', async ({ studio, page }) => {
  await page.addInitScript(() => {
    navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await studio();
  await page.click('#save');
  await page.click('#export-copy');
  await expect(page.locator('#export-message')).toContainText('did not allow');
  await expect(page.locator('#export-save')).toBeEnabled();
});

test('shared as a file; a share sheet that is closed again is no failure', async ({ studio, page }) => {
  await page.addInitScript(() => {
    window.shared = [];
    navigator.canShare = ({ files }) => files.every(({ type }) => type.startsWith('image/'));
    navigator.share = async ({ files, title }) => {
      if (window.refuse) throw new DOMException('closed', 'AbortError');
      window.shared.push({ title, name: files[0].name, type: files[0].type, size: files[0].size });
    };
  });
  await studio();
  await repaints(page, () => choose(page, lakePath));
  await page.click('#save');
  await page.selectOption('#export-format', 'image/jpeg');
  await page.click('#export-share');
  await expect.poll(() => page.evaluate(() => window.shared.length)).toBe(1);
  const [{ name, type, size }] = await page.evaluate(() => window.shared);
  expect([name, type]).toEqual([`lake-${styles[0].id}.jpg`, 'image/jpeg']);
  expect(size).toBeGreaterThan(10_000);
  await page.evaluate(() => (window.refuse = true));
  await page.click('#export-share');
  await expect(page.locator('#export-share')).toBeEnabled();
  await expect(page.locator('#export-message')).toBeEmpty();
});
