// Every state of the demo page at three sizes, as pictures in test-results/screens; nothing is ever wider than the window.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { choose, expect, file, lakePath, makePicture, painted, previewsPainted, repaints, root, state, test, tile } from '../support/demo.mjs';
import { generatorWith } from '../../cli/models.mjs';
import { styles } from '../support/models.mjs';

const folder = join(root, 'tests/browser/test-results/screens');

const tool = (page, name) => page.locator('.segment').filter({ hasText: name }).click();

/** Draws across the middle of the picture. */
async function stroke(page) {
  const { x, y, width, height } = await page.locator('#photo').boundingBox();
  await page.mouse.move(x + width * 0.3, y + height * 0.4);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.65, y + height * 0.6, { steps: 8 });
  await page.mouse.up();
}

async function dragOver(page, type) {
  await page.evaluate((name) => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'a.jpg'));
    document.body.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true }));
  }, type);
}

/** Each begins where the one before it has left the page. */
const STATES = {
  'first': async (page) => previewsPainted(page, styles.length),
  'photo': async (page) => {
    await repaints(page, () => choose(page, lakePath));
    await repaints(page, () => tile(page, styles[1].title).click());
    await previewsPainted(page, styles.length);
  },
  'zoomed': async (page) => page.click('#zoom-actual'),
  'compared': async (page) => {
    await page.click('#zoom-whole');
    await page.click('#compare');
    await repaints(page, () => tile(page, styles[2].title).click());
  },
  'mix of two': async (page) => {
    await page.click('#compare');
    await repaints(page, () => page.click('#mix'));
    await page.locator('#pad').scrollIntoViewIfNeeded();
  },
  'mix of three': async (page) => {
    await repaints(page, () => tile(page, styles[4].title).click());
    await page.locator('#pad').scrollIntoViewIfNeeded();
  },
  'mix of four': async (page) => {
    await repaints(page, () => tile(page, styles[6].title).click());
    await page.locator('#pad').scrollIntoViewIfNeeded();
  },
  'region': async (page) => {
    await repaints(page, () => page.click('#mix'));
    await tool(page, 'Brush');
    await repaints(page, () => stroke(page));
    await page.locator('#region-clear').scrollIntoViewIfNeeded();
  },
  'save': async (page) => {
    await tool(page, 'Look');
    await repaints(page, () => page.click('#region-clear'));
    await page.click('#save');
    await page.selectOption('#export-format', 'image/jpeg');
    await expect(page.locator('#export-quality')).toBeVisible();
  },
  'model': async (page) => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Your model' }).click();
    await page.setInputFiles('#model-file', file('a_model_with_a_rather_long_name_indeed.onnx', generatorWith('Einsum', 'attention/einsum'), ''));
    await page.click('#model-load');
    await expect(page.locator('#model-problem')).toContainText('Einsum');
  },
  'problem': async (page) => {
    await page.keyboard.press('Escape');
    await choose(page, file('letter.jpg', Buffer.from('Dear Theo')));
    await state(page, 'problem');
  },
  'drop': async (page) => {
    await page.click('#problem-close');
    await dragOver(page, 'dragenter');
    await expect(page.locator('.drop-hint')).toBeVisible();
  },
  'details': async (page) => {
    await dragOver(page, 'dragleave');
    await expect(page.locator('.drop-hint')).toBeHidden();
    await page.click('#engine-line');
    await expect(page.locator('#snippet')).toBeVisible();
  },
  'busy': async (page) => {
    await page.click('#engine-line');
    await page.selectOption('#size', 'Infinity');
    await painted(page);
    await choose(page, file('large.jpg', await makePicture(page, { width: 3600, height: 2400 })));
    await expect(page.locator('#progress')).toBeVisible();
  },
  'stopped': async (page) => {
    await painted(page);
    await page.evaluate(() => (window.studio.atBand = () => document.getElementById('cancel').click()));
    await tile(page, styles[5].title).click();
    await state(page, 'stopped');
  },
  'dark': async (page) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await repaints(page, () => tile(page, styles[0].title).click());
  },
  'Chinese': async (page) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.click('#language');
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  },
};

for (const [width, height] of [[360, 740], [1280, 800], [2560, 1440]]) {
  test(`every state fits at ${width} × ${height}`, async ({ studio }, info) => {
    test.setTimeout(300_000);
    mkdirSync(folder, { recursive: true });
    const page = await studio({ width, height });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const [i, [name, reach]] of Object.entries(STATES).entries()) {
      await reach(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
      const path = join(folder, `${String(i + 1).padStart(2, '0')} ${name} ${width}.png`);
      await page.screenshot({ path });
      await info.attach(`${name} ${width}`, { path, contentType: 'image/png' });
    }
    await painted(page);
  });
}

test('3840 pixels wide, the picture takes the room', async ({ studio }) => {
  const page = await studio({ width: 3840, height: 2160 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(3840);
  const stage = await page.locator('#stage').boundingBox();
  expect(stage.width).toBeGreaterThan(3000);
  const panel = await page.locator('#panel').boundingBox();
  expect(panel.x).toBeGreaterThanOrEqual(stage.x + stage.width);
  expect(panel.x + panel.width).toBeLessThanOrEqual(3840);
});
