// The demo page for everyone: two languages, dark and light, reduced motion, keyboard alone, and axe in every state.
import { AxeBuilder } from '@axe-core/playwright';
import { choose, expect, file, fingerprint, lakePath, makePicture, painted, previewsPainted, repaints, state, test } from '../support/demo.mjs';
import { generatorWith } from '../../cli/models.mjs';
import { styles } from '../support/models.mjs';

/** Texts a person sees, those of code and of the engine (marked as English) left out; and the labels that are read out. */
const wordsOn = (page) =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      const { parentElement: parent, textContent } = walker.currentNode;
      if (parent.closest('script, noscript, code, [lang=en]') || !textContent.trim()) continue;
      texts.push(textContent.trim());
    }
    for (const attribute of ['aria-label', 'title', 'aria-valuetext']) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        if (!element.closest('[lang=en]')) texts.push(element.getAttribute(attribute));
      }
    }
    return [...texts, document.title];
  });

/** Names, units and formats that are the same in Chinese. */
const NAMES = new RegExp(
  ['brushwork', 'WebAssembly', 'WebGPU', 'relaxed SIMD', 'SIMD', 'ONNX', 'NCHW', 'int8', 'BGR', 'PNG', 'JPEG', 'WebP', 'BMP', 'GIF', 'AVIF', 'EN', 'English', 'Apache-2.0', 'Shift', 'Esc',
    'worker', 'MB', '\\.onnx', 'my drawing', 'letter\\.jpg', 'Vincent van Gogh', 'Katsushika Hokusai', ...styles.map(({ artist }) => artist).filter(Boolean)].join('|'),
  'g',
);
const foreign = (texts) => texts.filter((text) => /[A-Za-z]{2,}/.test(text.replaceAll(NAMES, '')));

test('English and Chinese: every text changes, and the choice is kept', async ({ studio }) => {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  await page.click('#engine-line');
  const english = await wordsOn(page);
  expect(english.filter((text) => /\p{Script=Han}/u.test(text))).toEqual(expect.not.arrayContaining([expect.stringMatching(/\p{Script=Han}{3,}/u)]));
  await page.click('#language');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  expect(foreign(await wordsOn(page))).toEqual([]);
  await expect(page).toHaveTitle(/把照片画成画/);
  await page.reload();
  await painted(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  expect(foreign(await wordsOn(page))).toEqual([]); // the welcome, too

  await repaints(page, () => page.click('#mix'));
  expect(foreign(await wordsOn(page))).toEqual([]);
  await page.locator('.segment').nth(1).click();
  expect(foreign(await wordsOn(page))).toEqual([]);
  await page.locator('.segment').nth(0).click();
  await page.click('#save');
  await expect(page.locator('#export-save')).toBeVisible();
  await page.selectOption('#export-format', 'image/jpeg');
  expect(foreign(await wordsOn(page))).toEqual([]);
  await page.keyboard.press('Escape');
  await page.click('#own-model');
  await expect(page.locator('#model-load')).toBeVisible();
  await page.click('#model-load');
  expect(foreign(await wordsOn(page))).toEqual([]);
  await page.setInputFiles('#model-file', file('odd.onnx', generatorWith('Einsum', 'node'), ''));
  await page.click('#model-load');
  await expect(page.locator('#model-problem')).toContainText('Einsum');
  await page.keyboard.press('Escape');
  await choose(page, file('letter.jpg', Buffer.from('Dear Theo')));
  await state(page, 'problem');
  await expect(page.locator('#problem-title')).toHaveText('brushwork 读不了这张图片');
  expect(foreign(await wordsOn(page))).toEqual([]);
  await page.click('#language');
  await expect(page.locator('#problem-title')).toHaveText('That is not a picture brushwork can read');
});

test.describe('in a Chinese browser', () => {
  test.use({ locale: 'zh-CN' });
  test('the page is Chinese at once', async ({ studio }) => {
    const page = await studio();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
    await expect(page.getByRole('heading', { name: '把任何照片画成画' })).toBeVisible();
  });
});

test('dark and light as the system is', async ({ studio }) => {
  const page = await studio();
  const brightness = () =>
    page.evaluate(() => {
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      return ['backgroundColor', 'color'].map((property) => {
        context.fillStyle = getComputedStyle(document.body)[property];
        context.fillRect(0, 0, 1, 1);
        return context.getImageData(0, 0, 1, 1).data[1];
      });
    });
  await page.emulateMedia({ colorScheme: 'light' });
  const [paper, ink] = await brightness();
  expect(paper - ink).toBeGreaterThan(150);
  await page.emulateMedia({ colorScheme: 'dark' });
  const [darkPaper, darkInk] = await brightness();
  expect(darkInk - darkPaper).toBeGreaterThan(150);
});

test('with reduced motion nothing moves by itself', async ({ studio, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript(() => {
    window.places = new Set();
    const look = () => {
      const split = document.getElementById('split');
      if (split) window.places.add(split.getAttribute('aria-valuenow'));
      requestAnimationFrame(look);
    };
    look();
  });
  await studio();
  await repaints(page, () => choose(page, lakePath));
  await expect(page.locator('#split')).toHaveAttribute('aria-valuenow', '32');
  const places = await page.evaluate(() => [...window.places]);
  expect(places.filter((place) => place !== '32' && place !== '100')).toEqual([]);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test('by keyboard alone: a photo, a style, a slider, before and after, a region\'s tool, undo, saving', async ({ studio }) => {
  const page = await studio();
  const focused = () => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('value') || document.activeElement?.className);
  const tabTo = async (wanted) => {
    for (let i = 0; i < 60; ++i) {
      if ((await focused()) === wanted) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never comes to ${wanted}`);
  };
  await tabTo('choose');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  await repaints(page, () => chooser.setFiles(lakePath));
  await tabTo('split');
  await page.keyboard.press('Home');
  await expect(page.locator('#split')).toHaveAttribute('aria-valuenow', '0');
  await tabTo(styles[0].id);
  await repaints(page, () => page.keyboard.press('ArrowDown'));
  await expect(page.getByRole('radio', { name: styles[1].title, exact: true })).toBeChecked();
  const before = await fingerprint(page);
  await tabTo('strength');
  await repaints(page, () => page.keyboard.press('PageDown'));
  expect(await fingerprint(page)).not.toBe(before);
  await repaints(page, () => page.keyboard.press('Control+z'));
  expect(await fingerprint(page)).toBe(before);
  await tabTo('mix');
  await repaints(page, () => page.keyboard.press('Space'));
  await tabTo('pad');
  await repaints(page, () => page.keyboard.press('ArrowRight'));
  await tabTo('engine-line');
  await page.keyboard.press('Enter');
  await expect(page.locator('#snippet')).toBeVisible();
  await tabTo('save');
  await page.keyboard.press('Enter');
  await expect(page.locator('#export-dialog')).toBeVisible();
  await tabTo('export-save');
  await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  await page.keyboard.press('Escape');
  await expect(page.locator('#export-dialog')).toBeHidden();
  expect(await focused()).toBe('save'); // where it was opened
});

/** Each begins where the one before it has left the page. */
const STATES = {
  'first': (page) => previewsPainted(page, styles.length),
  'a photo': (page) => repaints(page, () => choose(page, lakePath)),
  'compared': (page) => page.click('#compare'),
  'mixing': async (page) => {
    await page.click('#compare');
    await repaints(page, () => page.click('#mix'));
    await repaints(page, () => page.locator('#gallery label.tile').nth(4).click());
  },
  'a region': async (page) => {
    await repaints(page, () => page.click('#mix'));
    await page.locator('.segment').nth(1).click();
    const { x, y } = await page.locator('#photo').boundingBox();
    await repaints(page, () => page.mouse.click(x + 100, y + 100));
  },
  'saving': async (page) => {
    await page.click('#save');
    await page.selectOption('#export-format', 'image/webp');
  },
  'a model refused': async (page) => {
    await page.keyboard.press('Escape');
    await page.click('#own-model');
    await page.setInputFiles('#model-file', file('odd.onnx', generatorWith('Einsum', 'node'), ''));
    await page.click('#model-load');
    await expect(page.locator('#model-problem')).toContainText('Einsum');
  },
  'details': async (page) => {
    await page.keyboard.press('Escape');
    await page.click('#engine-line');
  },
  'a problem': async (page) => {
    await choose(page, file('letter.jpg', Buffer.from('Dear Theo')));
    await state(page, 'problem');
  },
  'busy': async (page) => {
    await page.click('#problem-close');
    await choose(page, file('large.jpg', await makePicture(page, { width: 4000, height: 3000 })));
    await page.selectOption('#size', 'Infinity');
    await expect(page.locator('#app')).toHaveAttribute('data-state', /busy|done/);
  },
  'stopped': async (page) => {
    await painted(page);
    await page.evaluate(() => (window.studio.atBand = () => document.getElementById('cancel').click()));
    await page.locator('#gallery input').nth(7).check({ force: true });
    await state(page, 'stopped');
  },
  'the camera': (page) => page.click('#mode-camera'),
  'a video': (page) => page.click('#mode-video'),
};

for (const [look, prepare] of Object.entries({
  light: (page) => page.emulateMedia({ colorScheme: 'light' }),
  dark: (page) => page.emulateMedia({ colorScheme: 'dark' }),
  Chinese: (page) => page.click('#language'),
})) {
  test(`axe finds nothing in any state (${look})`, async ({ studio }) => {
    test.setTimeout(300_000);
    const page = await studio();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await prepare(page);
    const found = [];
    for (const [name, reach] of Object.entries(STATES)) {
      await reach(page);
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze(); // no page of its own for what frames have: there are none
      found.push(...violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`));
    }
    expect(found).toEqual([]);
  });
}
