// Where the demo page paints: drawing a region by hand, and taking steps back.
import { join } from 'node:path';
import { choose, drop, expect, file, fingerprint, lake, lakePath, makePicture, painted, pixelsOf, repaints, root, sizeOf, test, tile } from '../support/demo.mjs';
import { styles } from '../support/models.mjs';

const whole = [0, 0, 900, 600];
const tool = (page, name) => page.locator('.segment').filter({ hasText: name }).click();

async function open(studio) {
  const page = await studio();
  await repaints(page, () => choose(page, lakePath));
  return page;
}

/** Draws through points given as parts of the photo. */
async function stroke(page, points) {
  const { x, y, width, height } = await page.locator('#photo').boundingBox();
  const [first, ...rest] = points.map(([u, v]) => [x + u * width, y + v * height]);
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...point, { steps: 6 });
  await page.mouse.up();
}

/** Mean difference between painting and photo in squares of 30 pixels around points given as parts of the photo. */
async function strangeness(page, points) {
  const [painting, photo] = await Promise.all(['#painting', '#photo'].map((canvas) => pixelsOf(page, canvas, whole)));
  return points.map(([u, v]) => {
    let sum = 0;
    for (let dy = -15; dy < 15; ++dy) {
      const row = 4 * ((Math.round(v * 600) + dy) * 900 + Math.round(u * 900) - 15);
      for (let i = row; i < row + 120; ++i) sum += Math.abs(painting[i] - photo[i]);
    }
    return sum / 3600;
  });
}

/** Whether each of the points is painted, as `p` and `.`. */
const paintedAt = async (page, points) => (await strangeness(page, points)).map((value) => (value > 4 ? 'p' : value < 1.5 ? '.' : '?')).join('');

test('a brush says where to paint; outside it is the photo; inverted, the other way round', async ({ studio }) => {
  const page = await open(studio);
  const places = [[0.3, 0.5], [0.7, 0.5], [0.5, 0.9], [0.1, 0.1]];
  expect(await paintedAt(page, places)).toBe('pppp');
  await tool(page, 'Brush');
  await expect(page.locator('#split')).toHaveCount(0);
  await repaints(page, () => stroke(page, [[0.25, 0.5], [0.75, 0.5]]));
  expect(await paintedAt(page, places)).toBe('pp..');
  const shade = await page.locator('#region').evaluate((canvas) => {
    const at = (u, v) => canvas.getContext('2d').getImageData(u * canvas.width, v * canvas.height, 1, 1).data[3];
    return [at(0.5, 0.5), at(0.1, 0.1)];
  });
  expect(shade[0]).toBe(0);
  expect(shade[1]).toBeGreaterThan(100);
  await repaints(page, () => page.click('#region-invert'));
  expect(await paintedAt(page, places)).toBe('..pp');
  await repaints(page, () => page.click('#region-clear'));
  expect(await paintedAt(page, places)).toBe('pppp');
  await expect(page.locator('#region-invert')).toHaveCount(0);
});

test('a lasso takes what is in it; strokes add up; the eraser takes away', async ({ studio }) => {
  const page = await open(studio);
  const places = [[0.3, 0.3], [0.8, 0.8], [0.5, 0.9], [0.1, 0.9]];
  await tool(page, 'Lasso');
  await repaints(page, () => stroke(page, [[0.1, 0.1], [0.6, 0.1], [0.3, 0.6]]));
  expect(await paintedAt(page, places)).toBe('p...');
  await tool(page, 'Brush');
  await page.locator('#tool-size').fill('20');
  await repaints(page, () => stroke(page, [[0.75, 0.8], [0.85, 0.8]]));
  expect(await paintedAt(page, places)).toBe('pp..');
  await tool(page, 'Eraser');
  await repaints(page, () => stroke(page, [[0.25, 0.3], [0.35, 0.3]]));
  expect(await paintedAt(page, places)).toBe('.p..');
  await page.keyboard.press('Control+z'); // strokes are steps of their own, however quick
  await expect.poll(() => paintedAt(page, places)).toBe('pp..');
  await page.keyboard.press('Control+z');
  await expect.poll(() => paintedAt(page, places)).toBe('p...');
  await page.keyboard.press('Control+y');
  await expect.poll(() => paintedAt(page, places)).toBe('pp..');
});

test('an eraser on the whole painting leaves a hole', async ({ studio }) => {
  const page = await open(studio);
  await tool(page, 'Eraser');
  await repaints(page, () => stroke(page, [[0.5, 0.5], [0.55, 0.5]]));
  expect(await paintedAt(page, [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9]])).toBe('.pp');
});

test('without a pointer: arrows and the space bar draw, Escape takes a stroke back', async ({ studio }) => {
  const page = await open(studio);
  const places = [[0.3, 0.5], [0.5, 0.5], [0.7, 0.5], [0.5, 0.9]];
  const press = async (key, times = 1) => {
    for (let i = 0; i < times; ++i) await page.keyboard.press(key);
  };
  await page.locator('.segment input[value="none"]').focus();
  await press('ArrowRight'); // the next tool
  await expect(page.locator('input[value="brush"]')).toBeChecked();
  await page.locator('#stage').focus();
  await press('ArrowLeft', 10);
  await expect(page.locator('#brush-point')).toBeVisible();
  await press(' ');
  await expect(page.locator('#brush-point')).toHaveClass(/down/);
  await expect(page.getByRole('status').filter({ hasText: 'Drawing, from 30 % across and 50 % down' })).toBeAttached();
  await press('Escape');
  await expect(page.locator('#brush-point')).not.toHaveClass(/down/);
  await expect(page.locator('#undo')).toBeEnabled(); // the photo, not a stroke
  expect(await paintedAt(page, places)).toBe('pppp');
  await press(' ');
  await press('Shift+ArrowRight', 2);
  await repaints(page, () => press(' '));
  expect(await paintedAt(page, places)).toBe('pp..');
  // The stroke goes on where the picture is larger than its window, and the point stays in sight.
  await press('+', 6);
  await press(' ');
  await press('Shift+ArrowRight', 2);
  const [stage, point] = await Promise.all(['#stage', '#brush-point'].map((name) => page.locator(name).boundingBox()));
  const middle = point.x + point.width / 2;
  expect(middle).toBeGreaterThan(stage.x);
  expect(middle).toBeLessThan(stage.x + stage.width);
  await page.screenshot({ path: join(root, 'tests/browser/test-results/region-by-keyboard.png') });
  // Whoever goes elsewhere has finished the stroke.
  await repaints(page, () => page.locator('#region-clear').focus());
  expect(await paintedAt(page, places)).toBe('ppp.');
  await page.mouse.click(stage.x + 60, stage.y + stage.height - 60);
  await expect(page.locator('#brush-point')).toHaveCount(0);
});

test('while zoomed, a stroke lands under the pointer', async ({ studio }) => {
  const page = await open(studio);
  await page.click('#zoom-in');
  await tool(page, 'Brush');
  await page.locator('#tool-size').fill('10');
  const stage = await page.locator('#stage').boundingBox();
  const photo = await page.locator('#photo').boundingBox();
  const part = ([x, y]) => [(x - photo.x) / photo.width, (y - photo.y) / photo.height];
  const middle = part([stage.x + stage.width * 0.4, stage.y + stage.height * 0.4]);
  await repaints(page, () => stroke(page, [middle, [middle[0] + 0.03, middle[1]]]));
  expect(await paintedAt(page, [middle, [0.9, 0.9]])).toBe('p.');
});

test('undo and redo, over photo, style and region, by keys and buttons', async ({ studio }) => {
  const page = await studio();
  await expect(page.locator('#undo')).toBeDisabled();
  const seen = [await fingerprint(page)];
  const step = async (action) => {
    await repaints(page, action);
    seen.push(await fingerprint(page));
  };
  await step(() => drop(page, 'lake.jpg', 'image/jpeg', lake));
  await step(() => tile(page, styles[1].title).click());
  await step(() => tile(page, styles[2].title).click());
  await tool(page, 'Brush');
  await step(() => stroke(page, [[0.3, 0.5], [0.6, 0.5]]));
  expect(new Set(seen).size).toBe(5);
  for (const wanted of seen.slice(0, -1).reverse()) {
    await repaints(page, () => page.keyboard.press('Control+z'));
    expect(await fingerprint(page)).toBe(wanted);
  }
  await expect(page.locator('#undo')).toBeDisabled();
  expect(await sizeOf(page)).toEqual([1200, 800]);
  await repaints(page, () => page.click('#redo'));
  for (const wanted of seen.slice(2)) {
    await repaints(page, () => page.keyboard.press('Control+Shift+Z'));
    expect(await fingerprint(page)).toBe(wanted);
  }
  await expect(page.locator('#redo')).toBeDisabled();
});

test('a new photo is painted whole', async ({ studio }) => {
  const page = await open(studio);
  await tool(page, 'Brush');
  await repaints(page, () => stroke(page, [[0.3, 0.5], [0.6, 0.5]]));
  const tall = await makePicture(page, { width: 300, height: 500, type: 'image/png' });
  await repaints(page, () => choose(page, file('tall.png', tall, 'image/png')));
  await expect(page.locator('#region-clear')).toHaveCount(0);
  await painted(page);
});
