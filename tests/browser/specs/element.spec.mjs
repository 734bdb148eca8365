// The custom element, as a page would use it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const PHOTO = '/tests/browser/fixtures/lake.jpg';
const [first, second] = styles.map(({ id }) => id);
const PIXELS = 60_000;

const test = base.extend({
  /** A page in which the element is defined, and an engine that it may be given. */
  open: async ({ page, isolated, consoleErrors: _ }, use) => {
    if (!existsSync(join(root, 'web/dist/element.js'))) throw new Error('web/dist is missing: build the package first');
    await use(async ({ define = true, engine = true } = {}) => {
      await page.goto(`${isolated}tests/browser/pages/elements.html`);
      await page.waitForFunction(() => window.t !== undefined && window.e !== undefined);
      await page.evaluate(async ([defined, started]) => {
        if (defined) window.e.defineBrushWork();
        if (started) window.engine = window.e.watch(await window.bw.Brushwork.create());
      }, [define, engine]);
      return page;
    });
  },
});

test('shows the photo, then the painting that the engine paints', async ({ open }, info) => {
  const page = await open();
  const result = await page.evaluate(async ([src, styling, maxPixels]) => {
    const { e, t, engine } = window;
    const element = e.element({ engine }, { src, styling, 'max-pixels': maxPixels, alt: 'a lake before mountains' });
    const progress = [];
    element.addEventListener('progress', ({ detail }) => progress.push(detail.fraction));
    document.body.append(element);
    await e.next(element, 'progress');
    const photo = e.shown(element);
    const busy = [element.busy, element.painting];
    const { detail } = await e.next(element, 'painted');
    const painting = e.shown(element);
    const expected = await engine.stylize(await (await fetch(src)).blob(), { style: styling, maxPixels: Number(maxPixels) });
    return {
      busy, after: element.busy, events: element.events, progress, same: element.painting === detail,
      sizes: [[photo.width, photo.height], [painting.width, painting.height]],
      hashes: [await t.sha256(painting.data), await t.sha256(expected.data)],
      moved: t.psnr(photo, painting).psnr,
    };
  }, [PHOTO, first, String(PIXELS)]);
  expect(result).toMatchObject({ busy: [true, undefined], after: false, events: ['painted'], same: true });
  expect(result.hashes[0]).toBe(result.hashes[1]);
  expect(result.sizes[0]).toEqual(result.sizes[1]);
  expect(result.moved).toBeLessThan(30);
  expect(result.progress).toEqual([...result.progress].sort((a, b) => a - b));
  expect(result.progress.at(-1)).toBe(1);
  await expect(page.getByRole('img', { name: 'a lake before mountains' })).toBeVisible();
  await page.screenshot({ path: info.outputPath('painted.png') });
});

test('takes properties as well, before and after it is defined', async ({ open }) => {
  const page = await open({ define: false });
  const result = await page.evaluate(async ([styling, id]) => {
    const { e, t, engine } = window;
    const image = t.picture(90, 60);
    const element = e.element({ engine, image, strength: 0.5 }, { styling });
    document.body.append(element);
    e.defineBrushWork();
    await e.next(element, 'painted');
    const early = await t.sha256(e.shown(element).data);
    element.styling = await engine.style(id);
    element.strength = 1;
    await e.next(element, 'painted');
    const style = [element.styling.id, element.getAttribute('styling')];
    const later = await t.sha256(e.shown(element).data);
    const expected = [];
    for (const options of [{ style: styling, strength: 0.5 }, { style: id }]) expected.push(await t.sha256((await engine.stylize(image, options)).data));
    element.setAttribute('styling', styling);
    const back = element.styling;
    return { painted: [early, later], expected, style, strength: element.getAttribute('strength'), back };
  }, [first, second]);
  expect(result.painted).toEqual(result.expected);
  expect(result).toMatchObject({ style: [second, null], strength: '1', back: first });
});

test('every setting of the element is one of the painting', async ({ open }) => {
  const page = await open();
  const result = await page.evaluate(async (styling) => {
    const { e, t, engine } = window;
    const [image, mask] = [t.picture(120, 80), t.picture(30, 20, 5)];
    const element = e.element({ engine, image }, { styling });
    document.body.append(element);
    await e.next(element, 'painted');
    const hashes = [[await t.sha256(e.shown(element).data), await t.sha256((await engine.stylize(image, { style: styling })).data)]];
    const settings = { strength: 0.4, preserveColor: 0.5, brush: 0.5, maxPixels: 5000, mask };
    for (const [name, value] of Object.entries(settings)) {
      element[name] = value;
      await e.next(element, 'painted');
      const set = Object.fromEntries(Object.entries(settings).slice(0, hashes.length));
      hashes.push([await t.sha256(e.shown(element).data), await t.sha256((await engine.stylize(image, { style: styling, ...set })).data)]);
    }
    element.setAttribute('preserve-color', '');
    const attributes = [element.preserveColor];
    element.preserveColor = false;
    return { hashes, attributes: [...attributes, element.hasAttribute('preserve-color'), element.getAttribute('max-pixels'), element.brush] };
  }, first);
  for (const [shown, painted] of result.hashes) expect(shown).toBe(painted);
  expect(new Set(result.hashes.map(([shown]) => shown)).size).toBe(6);
  expect(result.attributes).toEqual([true, false, '5000', 0.5]);
});

test('every kind of picture is shown', async ({ open }) => {
  const page = await open();
  const hashes = await page.evaluate(async () => {
    const { e, t } = window;
    const { data, width, height } = t.picture(48, 32);
    const imageData = new ImageData(data, width, height);
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d').putImageData(imageData, 0, 0);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const inputs = { blob, bytes, buffer: bytes.buffer, imageData, canvas, pixels: { data, width, height }, bitmap: await createImageBitmap(canvas) };
    const seen = { expected: await t.sha256(data) };
    for (const [name, image] of Object.entries(inputs)) {
      const element = e.element({ image });
      document.body.append(element);
      while (!e.shown(element)) await new Promise((resolve) => setTimeout(resolve, 5));
      seen[name] = await t.sha256(e.shown(element).data);
    }
    return seen;
  });
  expect(new Set(Object.values(hashes)).size, JSON.stringify(hashes)).toBe(1);
});

test('a change gives up the painting before', async ({ open }) => {
  const page = await open();
  const result = await page.evaluate(async ([src, one, other]) => {
    const { e, t, engine } = window;
    const element = e.element({ engine }, { src, styling: one });
    document.body.append(element);
    await e.next(element, 'progress');
    element.styling = other;
    element.maxPixels = 20_000;
    await e.next(element, 'painted');
    const painted = await t.sha256(e.shown(element).data);
    const outcomes = [...engine.outcomes];
    const expected = await engine.stylize(await (await fetch(src)).blob(), { style: other, maxPixels: 20_000 });
    return { events: element.events, outcomes, same: painted === (await t.sha256(expected.data)) };
  }, [PHOTO, first, second]);
  expect(result).toEqual({ events: ['painted'], outcomes: ['aborted', 'painted'], same: true });
});

test('says what went wrong, and paints the next picture', async ({ open, consoleErrors }) => {
  const page = await open();
  const result = await page.evaluate(async ([src, styling, pixels]) => {
    const { e, t, engine } = window;
    const element = e.element({ engine }, { src: '/nowhere.jpg', styling, 'max-pixels': pixels });
    const messages = [];
    const failed = async (change) => {
      const event = e.next(element, 'error');
      change();
      const { error, message } = await event;
      messages.push([error instanceof window.bw.BrushworkError, error.code, message === error.message, element.busy]);
      return message;
    };
    const missing = await failed(() => document.body.append(element));
    await failed(() => (element.image = new Blob(['Dear Theo'])));
    await failed(() => { element.src = src; element.styling = 'crayon'; });
    const photo = e.shown(element).width > 0;
    await failed(() => { element.styling = styling; element.setAttribute('strength', 'strong'); });
    element.removeAttribute('strength');
    await e.next(element, 'painted');
    const expected = await engine.stylize(await (await fetch(src)).blob(), { style: styling, maxPixels: Number(pixels) });
    return { messages, missing, photo, same: (await t.sha256(e.shown(element).data)) === (await t.sha256(expected.data)) };
  }, [PHOTO, first, String(PIXELS)]);
  expect(consoleErrors.filter((text) => !text.includes('404'))).toEqual([]);
  consoleErrors.length = 0;
  expect(result.messages).toEqual(['network', 'unsupported-image', 'invalid-argument', 'invalid-argument'].map((code) => [true, code, true, false]));
  expect(result.missing).toMatch(/nowhere\.jpg.*404/);
  expect(result).toMatchObject({ photo: true, same: true });
});

test('taken out of the document it stops; put back, it goes on', async ({ open }) => {
  const page = await open();
  const result = await page.evaluate(async ([src, styling]) => {
    const { e, engine } = window;
    const element = e.element({ engine }, { src, styling });
    document.body.append(element);
    await e.next(element, 'progress');
    element.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const away = { outcomes: [...engine.outcomes], events: [...element.events], busy: element.busy };
    document.body.append(element);
    await e.next(element, 'painted');
    element.remove();
    document.body.append(element);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { away, back: engine.outcomes };
  }, [PHOTO, first]);
  expect(result.away).toEqual({ outcomes: ['aborted'], events: [], busy: false });
  // The second time there was nothing to paint.
  expect(result.back).toEqual(['aborted', 'painted']);
});

test('without a picture it shows what is inside of it', async ({ open }) => {
  const page = await open({ engine: false });
  await page.evaluate(() => {
    const element = window.e.element();
    element.append(Object.assign(document.createElement('p'), { textContent: 'No picture yet' }));
    document.body.append(element);
    window.element = element;
  });
  await expect(page.getByText('No picture yet')).toBeVisible();
  await page.evaluate((src) => (window.element.src = src), PHOTO);
  await expect(page.getByText('No picture yet')).toBeHidden();
  await page.evaluate(() => (window.element.alt = ''));
  await expect(page.getByRole('img')).toHaveCount(0);
  await page.evaluate(() => window.element.removeAttribute('src'));
  await expect(page.getByText('No picture yet')).toBeVisible();
});

test('elements share one engine, which ends after the last of them', async ({ open }) => {
  const page = await open({ engine: false });
  await page.clock.install();
  const paint = (count) => page.evaluate(async ([src, styling, maxPixels, wanted]) => {
    const { e, t } = window;
    const elements = Array.from({ length: wanted }, () => e.element({ maxPixels }, { src, styling }));
    const painted = elements.map((element) => e.next(element, 'painted'));
    document.body.append(...elements);
    await Promise.all(painted);
    return Promise.all(elements.map(async (element) => t.sha256(e.shown(element).data)));
  }, [PHOTO, first, PIXELS, count]);
  const [painting] = await paint(1);
  const workers = page.workers().length;
  expect(workers).toBeGreaterThan(0);
  expect(await paint(2)).toEqual([painting, painting]);
  expect(page.workers()).toHaveLength(workers);
  await page.evaluate(() => document.querySelector('brush-work').remove());
  // Helpers without work end before the engine does.
  await page.clock.runFor(60_000);
  expect(page.workers().length).toBeGreaterThan(0);
  await page.evaluate(() => document.querySelectorAll('brush-work').forEach((element) => element.remove()));
  await page.clock.runFor(20_000);
  expect(page.workers().length).toBeGreaterThan(0);
  await page.clock.runFor(20_000);
  await expect.poll(() => page.workers().length).toBe(0);
  // The next one starts another.
  expect(await paint(1)).toEqual([painting]);
  expect(page.workers()).toHaveLength(workers);
});

test('can have other names, once each', async ({ open }) => {
  const page = await open({ engine: false });
  const result = await page.evaluate(() => {
    const { BrushWorkElement, defineBrushWork } = window.e;
    const mine = defineBrushWork('my-painting');
    const element = document.createElement('my-painting');
    const refused = [];
    customElements.define('not-ours', class extends HTMLElement {});
    for (const name of ['painting', 'not-ours']) {
      try {
        defineBrushWork(name);
      } catch (error) {
        refused.push(error.name);
      }
    }
    return [mine === defineBrushWork('my-painting'), element instanceof BrushWorkElement, new mine() instanceof mine, refused];
  });
  expect(result).toEqual([true, true, true, ['SyntaxError', 'NotSupportedError']]);
});
