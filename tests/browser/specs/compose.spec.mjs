// Masks, kept colours and the size of the brush: what they mean, and that everyone who paints makes the same of them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { modelsFolder, styles } from '../support/models.mjs';

const PHOTO = 'tests/browser/fixtures/lake.jpg';
const native = join(root, 'build/native/bin/brushwork');
const styleId = styles[0].id;

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await page.addInitScript(() => {
    /** White in a soft disc, black around it; in the alpha channel instead if asked for. */
    window.disc = (width, height, inAlpha = false) => {
      const picture = { data: new Uint8ClampedArray(width * height * 4), width, height };
      for (let i = 0; i < width * height; ++i) {
        const [x, y] = [(i % width) / width - 0.5, Math.floor(i / width) / height - 0.5];
        const share = 255 * Math.min(1, Math.max(0, (0.4 - Math.hypot(x, y)) * 10));
        picture.data.set(inAlpha ? [90, 120, 40, share] : [share, share, share, 255], i * 4);
      }
      return picture;
    };
  });
});

test.describe('the same bytes', () => {
  const cases = {
    brush: { options: { brush: 0.5 }, args: ['--brush', '0.5'] },
    'fine brush': { options: { brush: 1.4 }, args: ['--brush', '1.4'] },
    'preserve colour': { options: { preserveColor: true }, args: ['--preserve-color'] },
    'some colour': { options: { preserveColor: 0.4, strength: 0 }, args: ['--preserve-color', '0.4', '--strength', '0'] },
    mask: { options: { mask: true }, args: ['--mask', 'MASK'] },
    all: { options: { brush: 0.7, preserveColor: 0.6, mask: true, maxPixels: 150_000 }, args: ['--brush', '0.7', '--preserve-color', '0.6', '--mask', 'MASK', '--max-pixels', '150000'] },
  };
  for (const [name, { options, args }] of Object.entries(cases)) {
    test(`${name}: native, threads, workers, one thread, the calling thread`, async ({ harness, page }) => {
      test.skip(!existsSync(native), 'the native program is not built');
      const folder = mkdtempSync(join(tmpdir(), 'brushwork-'));
      const output = join(folder, 'native.png');
      const mask = join(root, 'tests/browser/fixtures/mask.png');
      const flags = args.map((arg) => (arg === 'MASK' ? mask : arg));
      execFileSync(native, ['stylize', join(root, PHOTO), '-o', output, '--style', styleId, ...flags], { env: { ...process.env, BRUSHWORK_MODELS: modelsFolder } });
      await page.route('**/native.png', (route) => route.fulfill({ path: output }));
      const hashes = {};
      for (const isolation of [true, false]) {
        await harness({ isolation });
        Object.assign(hashes, await page.evaluate(async ([url, style, given, isolated]) => {
          const { t } = window;
          const photo = await t.bytes(url);
          const settings = { ...given, style, ...(given.mask && { mask: await t.bytes('/tests/browser/fixtures/mask.png') }) };
          const paint = async (create) => t.sha256((await t.paintOnce(create, photo, settings)).data);
          if (!isolated) return { workers: await paint({ threads: 3 }), one: await paint({ threads: 1 }), inline: await paint({ host: 'inline' }) };
          return { threads: await paint({ threads: 2 }), native: await t.sha256((await t.pixels(new Blob([await t.bytes('/native.png')]))).data) };
        }, [`/${PHOTO}`, styleId, options, isolation]));
      }
      rmSync(folder, { recursive: true });
      expect(Object.keys(hashes)).toHaveLength(5);
      expect(new Set(Object.values(hashes)).size, JSON.stringify(hashes)).toBe(1);
    });
  }
});

test('a mask keeps the photo where it is dark, in luma or in alpha, of any kind and size', async ({ harness }) => {
  const page = await harness();
  const result = await page.evaluate(async (style) => {
    const engine = await window.bw.Brushwork.create();
    const { t, disc } = window;
    const photo = t.picture(160, 120);
    const full = await engine.stylize(photo, { style });
    const paint = async (mask, more) => (await engine.stylize(photo, { style, mask, ...more })).data;
    const luma = await paint(disc(160, 120));
    const alpha = await paint(disc(160, 120, true));
    const small = await paint(disc(16, 12));
    const canvas = new OffscreenCanvas(160, 120);
    canvas.getContext('2d').putImageData(new ImageData(disc(160, 120).data, 160, 120), 0, 0);
    const blob = await paint(await canvas.convertToBlob());
    const at = (data, x, y) => [...data.subarray((y * 160 + x) * 4, (y * 160 + x) * 4 + 4)].join();
    const white = { data: new Uint8ClampedArray(160 * 120 * 4).fill(255), width: 160, height: 120 };
    const black = { ...white, data: white.data.map((_, i) => (i % 4 === 3 ? 255 : 0)) };
    const difference = (a, b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    return {
      corner: [at(luma, 0, 0), at(photo.data, 0, 0)],
      centre: [at(luma, 80, 60), at(full.data, 80, 60)],
      edge: [at(luma, 80, 16), at(photo.data, 80, 16), at(full.data, 80, 16)],
      alphaIsLuma: difference(alpha, luma),
      blobIsPixels: difference(blob, luma),
      smallCorner: at(small, 0, 0) === at(photo.data, 0, 0),
      white: difference(await paint(white), full.data),
      black: difference(await paint(black), photo.data),
      blackWithColor: difference(await paint(black, { preserveColor: true, brush: 0.5 }), photo.data),
    };
  }, styleId);
  expect(result.corner[0]).toBe(result.corner[1]);
  expect(result.centre[0]).toBe(result.centre[1]);
  expect(result.edge[0]).not.toBe(result.edge[1]);
  expect(result.edge[0]).not.toBe(result.edge[2]);
  expect(result).toMatchObject({ alphaIsLuma: 0, blobIsPixels: 0, smallCorner: true, white: 0, black: 0, blackWithColor: 0 });
});

test('kept colours are the photo\'s, the luma is the painting\'s', async ({ harness }) => {
  const page = await harness();
  const result = await page.evaluate(async (style) => {
    const engine = await window.bw.Brushwork.create();
    const { t } = window;
    const photo = await t.pixels(new Blob([await t.bytes('/tests/browser/fixtures/lake.jpg')]));
    const [full, kept] = [await engine.stylize(photo, { style }), await engine.stylize(photo, { style, preserveColor: true })];
    const luma = (data, i) => 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
    const mean = (f) => {
      let sum = 0;
      for (let i = 0; i < photo.data.length; i += 4) sum += Math.abs(f(i));
      return sum / (photo.data.length / 4);
    };
    const chroma = (data, c) => (i) => data[i + c] - luma(data, i);
    return {
      luma: mean((i) => luma(kept.data, i) - luma(full.data, i)),
      toPhoto: mean((i) => chroma(kept.data, 2)(i) - chroma(photo.data, 2)(i)),
      toPainting: mean((i) => chroma(full.data, 2)(i) - chroma(photo.data, 2)(i)),
    };
  }, styleId);
  expect(result.luma).toBeLessThan(0.6);
  expect(result.toPhoto).toBeLessThan(0.3 * result.toPainting);
});

test('a brush of half the scale makes a painting of the same size, in larger strokes', async ({ harness }) => {
  const page = await harness();
  const result = await page.evaluate(async (style) => {
    const engine = await window.bw.Brushwork.create();
    const { t } = window;
    const photo = await t.bytes('/tests/browser/fixtures/lake.jpg');
    const detail = ({ data, width }) => {
      let sum = 0;
      for (let i = 0; i < data.length - width * 4; i += 4) sum += Math.abs(data[i + 1] - data[i + 5]);
      return sum / data.length;
    };
    const paint = (brush) => engine.stylize(photo, { style, brush });
    const paintings = { coarse: await paint(0.4), plain: await paint(1), fine: await paint(2) };
    const seen = Object.fromEntries(Object.entries(paintings).map(([name, p]) => [name, { size: [p.width, p.height].join(), detail: detail(p) }]));
    const tiny = await engine.stylize(t.picture(3, 1), { style, brush: 0.1 });
    return { ...seen, tiny: [tiny.width, tiny.height].join() };
  }, styleId);
  expect(result.coarse.size).toBe(result.plain.size);
  expect(result.fine.size).toBe(result.plain.size);
  expect(result.coarse.detail).toBeLessThan(0.8 * result.plain.detail);
  expect(result.tiny).toBe('3,1');
});
