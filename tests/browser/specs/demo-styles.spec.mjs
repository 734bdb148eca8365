// The demo page's styles: the gallery, blends of them, and those of the user's own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { choose, drop, expect, file, fingerprint, lakePath, painted, pixelsOf, previewsPainted, repaints, saved, state, test, tile } from '../support/demo.mjs';
import { generatorWith } from '../../cli/models.mjs';
import { generator, modelsFolder, styles } from '../support/models.mjs';

const letter = Buffer.from('Dear Theo, I paint by night.');
const drawing = readFileSync(join(modelsFolder, styles[1].preview));
const onnx = readFileSync(join(modelsFolder, generator.model));
const whole = [0, 0, 900, 600];

async function openLake(studio, options) {
  const page = await studio(options);
  await repaints(page, () => choose(page, lakePath));
  return page;
}

for (const [width, height] of [[1280, 800], [360, 740]]) {
  test(`every built-in style is shown, and chosen by mouse or keyboard (${width} wide)`, async ({ studio }) => {
    const page = await studio({ width, height });
    const tiles = page.locator('#gallery label.tile');
    await expect(tiles).toHaveCount(styles.length);
    await previewsPainted(page, styles.length);
    expect(await tiles.allTextContents()).toEqual(styles.map(({ title }) => title));
    await page.getByRole('radio', { name: styles[0].title, exact: true }).focus();
    await repaints(page, () => page.keyboard.press('ArrowRight'));
    await expect(page.getByRole('radio', { name: styles[1].title, exact: true })).toBeChecked();
    await expect(page.locator('#credit')).toContainText(styles[1].artist ?? styles[1].licence);
    await repaints(page, () => tiles.last().click());
    await expect(tiles.last().locator('input')).toBeChecked();
    await expect(tiles.last()).toBeInViewport();
  });
}

test('mixing: two styles, their weights, keyboard and mouse on the pad', async ({ studio }) => {
  const page = await openLake(studio);
  const single = await pixelsOf(page, '#painting', whole);
  await repaints(page, () => page.click('#mix'));
  await expect(page.locator('#mix')).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('#mixture')).toHaveText(`${styles[0].title} 50 %, ${styles[1].title} 50 %`);
  await expect(page.locator('#pad')).toHaveAttribute('aria-valuetext', `${styles[0].title} 50 %, ${styles[1].title} 50 %`);
  expect((await pixelsOf(page, '#painting', whole)).equals(single)).toBe(false);
  await page.focus('#pad');
  await repaints(page, () => page.keyboard.press('ArrowLeft'));
  await expect(page.locator('#mixture')).toHaveText(`${styles[0].title} 55 %, ${styles[1].title} 45 %`);
  const pad = await page.locator('#pad').boundingBox();
  await page.mouse.move(pad.x + pad.width / 2, pad.y + 20);
  await repaints(page, async () => {
    await page.mouse.down();
    await page.mouse.move(pad.x - 30, pad.y + 20, { steps: 4 }); // beyond the end
    await page.mouse.up();
  });
  await expect(page.locator('#mixture')).toHaveText(`${styles[0].title} 100 %`);
  const corner = await pixelsOf(page, '#painting', whole);
  const apart = corner.reduce((sum, value, i) => sum + Math.abs(value - single[i]), 0) / corner.length;
  expect(apart).toBeLessThan(1); // a blend with all the weight on one is that one
  await repaints(page, () => page.click('#mix'));
  await expect(page.getByRole('radio', { name: styles[0].title, exact: true })).toBeChecked();
});

test('mixing three and four styles; the fifth takes the oldest\'s place, and two stay', async ({ studio }) => {
  const page = await openLake(studio);
  await repaints(page, () => page.click('#mix'));
  const checked = () => page.locator('#gallery input:checked').evaluateAll((inputs) => inputs.map(({ value }) => value));
  const seen = new Set();
  for (const style of styles.slice(2, 4)) {
    await repaints(page, () => tile(page, style.title).click());
    seen.add(await fingerprint(page));
  }
  expect(seen.size).toBe(2);
  await expect(page.locator('#pad')).toHaveClass(/of-4/);
  await expect(page.locator('#mixture')).toHaveText(styles.slice(0, 4).map(({ title }) => `${title} 25 %`).join(', '));
  await expect(page.locator('.corner')).toHaveText(styles.slice(0, 4).map(({ title }) => title));
  await repaints(page, () => tile(page, styles[4].title).click());
  expect(await checked()).toEqual(styles.slice(1, 5).map(({ id }) => id));
  for (const style of styles.slice(1, 3)) await repaints(page, () => tile(page, style.title).click());
  expect(await checked()).toEqual(styles.slice(3, 5).map(({ id }) => id));
  await tile(page, styles[3].title).click(); // of two none can go
  await expect.poll(checked).toEqual(styles.slice(3, 5).map(({ id }) => id));
  await painted(page);
  await page.click('#save');
  expect((await saved(page, '#export-save')).name).toBe(`lake-${styles[3].id}+${styles[4].id}.png`);
});

test('a picture makes a style, and can be mixed; a wrong file is explained', async ({ studio }) => {
  const page = await openLake(studio);
  const before = await fingerprint(page);
  await page.setInputFiles('#style-file', file('letter.jpg', letter));
  await state(page, 'problem');
  await expect(page.locator('#problem-text')).toContainText(/letter\.jpg.*needed JPEG, PNG/);
  await page.click('#problem-close');
  expect(await fingerprint(page)).toBe(before);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Your picture' }).click()]);
  await repaints(page, () => chooser.setFiles(file('my drawing.jpg', drawing)));
  await expect(page.getByRole('radio', { name: 'my drawing' })).toBeChecked();
  await expect(page.locator('#credit')).toContainText('your picture');
  expect(await fingerprint(page)).not.toBe(before);
  await previewsPainted(page, styles.length + 1);
  await repaints(page, () => page.click('#mix'));
  await expect(page.locator('#mixture')).toHaveText(`my drawing 50 %, ${styles[0].title} 50 %`);
  await repaints(page, () => page.click('#mix'));
  await page.click('#save');
  expect((await saved(page, '#export-save')).name).toMatch(/^lake-(my drawing|picture-\d+)\.png$/);
});

test('a model of one\'s own: half a one is explained, a whole one paints, and says why it does not mix', async ({ studio }) => {
  const page = await openLake(studio);
  await drop(page, 'half.onnx', '', onnx.subarray(0, onnx.length / 2));
  await expect(page.locator('#model-name')).toHaveText('half.onnx');
  await page.click('#model-load');
  await expect(page.locator('#model-problem')).toContainText('not a whole ONNX model');
  await expect(page.locator('#model-problem')).toContainText('half.onnx');
  await page.setInputFiles('#model-file', file('mine.onnx', onnx, 'application/octet-stream'));
  await repaints(page, () => page.click('#model-load'));
  await expect(page.locator('#model-dialog')).toBeHidden();
  await expect(page.getByRole('radio', { name: 'mine' })).toBeChecked();
  await page.click('#mix');
  await expect(page.locator('#failure')).toContainText('These styles cannot be mixed');
  await expect(page.locator('#failure')).toContainText('Only styles of one generator can be');
  await repaints(page, () => page.click('#undo'));
  await page.click('#save');
  expect((await saved(page, '#export-save')).name).toMatch(/^lake-(mine|model-1)\.png$/);
});

test('a model that can\'t run: the report names node and operator; text is no model', async ({ studio }) => {
  const page = await openLake(studio);
  const before = await fingerprint(page);
  await page.getByRole('button', { name: 'Your model' }).click();
  await page.click('#model-load');
  await expect(page.locator('#model-problem')).toContainText('Choose a file first');
  await page.setInputFiles('#model-file', file('odd.onnx', generatorWith('Einsum', 'my_strange_node'), ''));
  await page.click('#model-load');
  await expect(page.locator('#model-problem h3')).toHaveText('That model uses something brushwork does not run');
  await expect(page.locator('#model-problem')).toContainText('Einsum');
  await expect(page.locator('#model-problem')).toContainText('my_strange_node');
  await page.setInputFiles('#model-file', file('letter.onnx', letter, ''));
  await page.click('#model-load');
  await expect(page.locator('#model-problem h3')).toHaveText('That file is not a whole ONNX model');
  await page.keyboard.press('Escape');
  await expect(page.locator('#model-dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Your model' }).click();
  await expect(page.locator('#model-problem')).toBeEmpty();
  await page.setInputFiles('#model-file', file('relu.onnx', generatorWith('Relu', 'relu'), ''));
  await page.selectOption('#model-range', '0,255');
  await page.check('#model-bgr');
  await repaints(page, () => page.click('#model-load'));
  await expect(page.getByRole('radio', { name: 'relu' })).toBeChecked();
  const [painting, photo] = await Promise.all(['#painting', '#photo'].map((canvas) => pixelsOf(page, canvas, whole)));
  const furthest = painting.reduce((most, value, i) => Math.max(most, Math.abs(value - photo[i])), 0);
  expect(furthest).toBeLessThanOrEqual(3); // that generator gives back what it gets
  expect(await fingerprint(page)).not.toBe(before);
});
