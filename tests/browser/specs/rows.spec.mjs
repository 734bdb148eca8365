// Rows of a painting as they are painted: whoever paints, they are where they belong, and nothing comes after the end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
const PAINTERS = {
  threads: { isolation: true, create: { threads: 2 } },
  workers: { isolation: false, create: { threads: 2 } },
  'one thread': { isolation: false, create: { threads: 1 } },
  'the calling thread': { isolation: true, create: { threads: 2, host: 'inline' } },
};

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await page.addInitScript(() => {
    /** Paints and watches: what came, and how it compares with the painting. */
    window.watch = async (engine, photo, options) => {
      const reports = [];
      const painting = await engine.stylize(photo, { ...options, onRows: (rows) => reports.push(rows) });
      const came = reports.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      const rowBytes = painting.width * 4;
      const covered = new Set(reports.flatMap(({ top, height }) => Array.from({ length: height }, (_, i) => top + i)));
      const wrong = reports.filter(({ top, width, data }) =>
        width !== painting.width || data.some((value, i) => value !== painting.data[top * rowBytes + i]));
      const { paintingHeight, width } = reports[0];
      return {
        reports: came,
        late: reports.length - came,
        malformed: reports.filter((r) => r.data.length !== r.width * r.height * 4 || r.height < 1 || r.top + r.height > r.paintingHeight || !(r.data instanceof Uint8ClampedArray)).length,
        wrong: wrong.length,
        covered: covered.size / paintingHeight,
        size: [width, paintingHeight],
        painting: [painting.width, painting.height],
        jumps: reports.filter(({ top }, i) => i > 0 && top !== reports[i - 1].top + reports[i - 1].height).length,
      };
    };
  });
});

for (const [painter, { isolation, create }] of Object.entries(PAINTERS)) {
  test(`${painter}: rows are the painting's, some at a time`, async ({ harness }) => {
    const page = await harness({ isolation });
    const results = await page.evaluate(async ([options, style, shared]) => {
      using engine = await window.bw.Brushwork.create(options);
      const photo = window.t.picture(2000, 1800);
      const cases = { plain: {}, composed: { strength: 0.6, preserveColor: 0.5 } };
      await engine.style(style);
      const seen = {};
      for (const [name, more] of Object.entries(cases)) seen[name] = await window.watch(engine, photo, { style, ...more });
      // The helpers may not have been ready for the first.
      for (let i = 2, last = seen.plain; shared && last.jumps === 0 && i < 22; ++i) seen[`plain ${i}`] = last = await window.watch(engine, photo, { style });
      seen.brush = await window.watch(engine, photo, { style, brush: 0.8 });
      return seen;
    }, [create, styleId, painter === 'workers']);
    const { brush, ...full } = results;
    for (const name of Object.keys(full)) {
      expect(results[name], name).toMatchObject({ late: 0, malformed: 0, wrong: 0, size: [2000, 1800], painting: [2000, 1800] });
      expect(results[name].reports, name).toBeGreaterThan(3);
      expect(results[name].covered, name).toBeGreaterThan(0.5);
    }
    if (painter === 'workers') expect(Object.keys(full).some((name) => name.startsWith('plain') && full[name].jumps > 0)).toBe(true);
    expect(brush).toMatchObject({ late: 0, malformed: 0, size: [1600, 1440], painting: [2000, 1800] });
  });
}

for (const isolation of [true, false]) {
  test(`nothing after an abort, and errors of the callback are its own (${isolation ? 'isolated' : 'not isolated'})`, async ({ harness, consoleErrors }) => {
    const page = await harness({ isolation });
    const result = await page.evaluate(async (style) => {
      using engine = await window.bw.Brushwork.create({ threads: 2 });
      const photo = window.t.picture(2000, 1800);
      const controller = new AbortController();
      let reports = 0;
      const outcome = await window.t.outcome(engine.stylize(photo, {
        style,
        signal: controller.signal,
        onRows: () => {
          reports += 1;
          controller.abort();
        },
      }));
      await engine.stylize(window.t.picture(64, 64), { style });
      const thrown = await window.t.outcome(engine.stylize(photo, { style, onRows: () => { throw new Error('mine'); } }));
      return { name: outcome.name, reports, thrown: thrown.ok };
    }, styleId);
    expect(result).toEqual({ name: 'AbortError', reports: 1, thrown: true });
    expect(consoleErrors.length).toBeGreaterThan(0);
    expect(consoleErrors.every((error) => error.includes('mine'))).toBe(true);
    consoleErrors.length = 0;
  });
}
