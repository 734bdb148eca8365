// An engine is disposed of in every state: what is in flight is rejected with 'disposed', no worker is left, nothing is rejected unheard.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root } from '../support/fixtures.mjs';
import { faults, test } from '../support/hostile.mjs';
import { generator, styles } from '../support/models.mjs';

const styleId = styles[0].id;
const MODEL = `/web/dist/assets/${generator.model}`;

const setups = [
  { host: 'worker', isolation: true, threads: 2 },
  { host: 'worker', isolation: false, threads: 2 },
  { host: 'inline', isolation: false, threads: 1 },
];

async function prepare(hostile, page, { host, isolation, threads }) {
  readFileSync(join(root, 'web/dist/index.js')); // it is to be built first
  await page.addInitScript(() => {
    window.unheard = [];
    addEventListener('unhandledrejection', ({ reason }) => window.unheard.push(String(reason)));
  });
  const server = await hostile({ isolation });
  await page.evaluate(async ([create, style]) => {
    const { bw, t } = window;
    window.create = () => bw.Brushwork.create(create);
    window.photo = t.picture(1200, 900);
    window.frame = (i = 0) => new VideoFrame(t.picture(160, 120).data, { format: 'RGBA', codedWidth: 160, codedHeight: 120, timestamp: i });
    window.style = style;
    /** What every call says after the end. */
    window.callAll = async (engine, painting, made) => {
      const attempt = async (call) => t.outcome((async () => call())());
      return {
        styles: await attempt(() => engine.styles()),
        style: await attempt(() => engine.style(style)),
        styleFromImage: await attempt(() => engine.styleFromImage(window.photo)),
        styleFromModel: await attempt(() => engine.styleFromModel(new Uint8Array(9))),
        styleFromJSON: await attempt(() => engine.styleFromJSON('{}')),
        mix: await attempt(() => engine.mix([{ style: made, weight: 1 }])),
        stylize: await attempt(() => engine.stylize(window.photo, { style })),
        video: await attempt(() => engine.video({ style })),
        ...(painting && { toBlob: await attempt(() => painting.toBlob()) }),
      };
    };
  }, [{ host, threads }, styleId]);
  return server;
}

const DISPOSED = { ok: false, code: 'disposed', name: 'BrushworkError', ours: true };

async function expectNothingLeft(page) {
  await expect.poll(() => page.workers().length).toBe(0);
  // What comes late has come by now.
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => window.unheard)).toEqual([]);
}

for (const setup of setups) {
  const name = `${setup.host}, ${setup.isolation ? 'isolated' : 'not isolated'}`;

  test(`${name}: before it is ready, by the signal`, async ({ hostile, page }) => {
    await prepare(hostile, page, setup);
    const outcomes = await page.evaluate(async ([create]) => {
      const { bw, t } = window;
      const all = [];
      for (const wait of [...Array.from({ length: 50 }, (_, i) => 2 * i), 200]) {
        const controller = new AbortController();
        const creating = bw.Brushwork.create({ ...create, signal: controller.signal });
        setTimeout(() => controller.abort(), wait);
        const outcome = await t.outcome(creating);
        if (outcome.ok) (await creating).dispose();
        else all.push(outcome);
      }
      return all;
    }, [{ host: setup.host, threads: setup.threads }]);
    expect(outcomes.length).toBeGreaterThan(0);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ code: 'aborted', name: 'AbortError', ours: true });
    await expectNothingLeft(page);
  });

  test(`${name}: during everything that it does`, async ({ hostile, page }) => {
    await prepare(hostile, page, setup);
    const outcomes = await page.evaluate(async (url) => {
      const { t, photo, style } = window;
      const model = await t.bytes(url);
      const small = t.picture(60, 50);
      const calls = {
        'a built-in style': [false, (engine) => engine.style(style)],
        'a model': [false, (engine) => engine.styleFromModel(model)],
        "a picture's style": [false, (engine) => engine.styleFromImage(small)],
        'the first painting': [false, (engine) => engine.stylize(photo, { style })],
        'a painting': [true, (engine) => engine.stylize(photo, { style })],
        'exact statistics': [true, (engine) => engine.stylize(photo, { style, statistics: 'exact' })],
        'a brush and a mask': [true, (engine) => engine.stylize(photo, { style, brush: 0.5, mask: small, strength: 0.5, preserveColor: 0.5 })],
        'a painting that is watched': [true, (engine) => engine.stylize(photo, { style, onRows: () => undefined })],
        'many paintings': [true, (engine) => Promise.all([1, 2, 3].map(() => engine.stylize(photo, { style })))],
        'a file': [true, async (engine, painting) => painting.toBlob('image/png')],
      };
      const results = [];
      for (const [name, [warm, call]] of Object.entries(calls)) {
        for (const wait of [0, 3, 15, 60]) {
          const engine = await window.create();
          const painting = warm ? await engine.stylize(photo, { style }) : undefined;
          const outcome = t.outcome(call(engine, painting));
          await new Promise((resolve) => setTimeout(resolve, wait));
          engine.dispose();
          const began = performance.now();
          results.push({ name, wait, outcome: await outcome, after: performance.now() - began, current: engine.memory().current });
        }
      }
      return results;
    }, MODEL);
    for (const { name: what, wait, outcome, current } of outcomes) {
      if (!outcome.ok) expect(outcome, `${what}, ${wait} ms`).toMatchObject(DISPOSED);
      expect(current, what).toBe(0);
    }
    for (const what of new Set(outcomes.map((outcome) => outcome.name))) {
      if (what === 'a file') continue; // may be done at once
      expect(outcomes.some((outcome) => outcome.name === what && !outcome.outcome.ok), what).toBe(true);
    }
    await expectNothingLeft(page);
  });

  test(`${name}: while it waits for a download that does not come`, async ({ hostile, page }) => {
    const server = await prepare(hostile, page, setup);
    server.fault = (file) => (file.endsWith('.onnx') ? faults.stall(1000) : undefined);
    const outcomes = await page.evaluate(async (url) => {
      const { t, photo, style } = window;
      const engine = await window.create();
      const calls = [engine.style(style), engine.stylize(photo, { style }), engine.styleFromImage(photo), engine.styleFromModel(url)].map(t.outcome);
      await new Promise((resolve) => setTimeout(resolve, 100));
      engine.dispose();
      return Promise.all(calls);
    }, MODEL);
    for (const outcome of outcomes) expect(outcome).toMatchObject(DISPOSED);
    await expectNothingLeft(page);
  });

  test(`${name}: during a video, of both paces`, async ({ hostile, page }) => {
    await prepare(hostile, page, setup);
    const results = await page.evaluate(async () => {
      const { t, style } = window;
      const all = [];
      for (const pacing of ['live', 'every-frame']) {
        for (const wait of [0, 20, 150]) {
          const engine = await window.create();
          await engine.style(style);
          const { readable, writable } = engine.video({ style, pacing });
          const frames = [];
          const write = async () => {
            const writer = writable.getWriter();
            for (let i = 0; i < 100; ++i) {
              const frame = window.frame(i);
              frames.push(frame);
              try {
                await writer.write(frame);
              } catch (error) {
                frame.close(); // it was not taken
                throw error;
              }
              await new Promise((resolve) => setTimeout(resolve, 5));
            }
          };
          const read = async () => {
            const reader = readable.getReader();
            for (let next = await reader.read(); !next.done; next = await reader.read()) next.value.close();
          };
          const written = t.outcome(write());
          const seen = t.outcome(read());
          await new Promise((resolve) => setTimeout(resolve, wait));
          engine.dispose();
          const outcome = { written: await written, seen: await seen };
          await new Promise((resolve) => setTimeout(resolve, 50));
          all.push({ ...outcome, open: frames.filter(({ format }) => format !== null).length });
        }
      }
      return all;
    });
    for (const { written, seen, open } of results) {
      expect(written).toMatchObject(DISPOSED);
      expect(seen).toMatchObject(DISPOSED);
      expect(open).toBe(0);
    }
    await expectNothingLeft(page);
  });

  test(`${name}: after failures, twice, and whatever is called then`, async ({ hostile, page }) => {
    const server = await prepare(hostile, page, setup);
    server.fault = (file) => (file === generator.encoder.model ? faults.status(500) : undefined);
    const result = await page.evaluate(async () => {
      const { t, photo, style } = window;
      const engine = await window.create();
      const failures = [
        await t.outcome(engine.stylize(new Blob(['no picture']), { style })),
        await t.outcome(engine.styleFromModel(new Uint8Array(40))),
        await t.outcome(engine.styleFromImage(photo)),
      ];
      const painting = await engine.stylize(photo, { style });
      const made = await engine.style(style);
      const stream = engine.video({ style });
      engine.dispose();
      engine.dispose();
      engine[Symbol.dispose]?.();
      const writer = stream.writable.getWriter();
      const reader = stream.readable.getReader();
      const read = t.outcome(reader.read());
      const frame = window.frame();
      const written = await t.outcome(writer.write(frame).then(() => writer.closed));
      return {
        failures, after: await window.callAll(engine, painting, made), written, read: await read, open: frame.format !== null,
        // What needs no engine goes on.
        data: painting.data.length, bitmap: (await painting.toImageBitmap()).width, json: typeof made.toJSON(), kind: engine.backend.kind, memory: engine.memory().current,
      };
    });
    expect(result.failures.map(({ code }) => code)).toEqual(['unsupported-image', 'invalid-model', 'network']);
    for (const [call, outcome] of Object.entries(result.after)) expect(outcome, call).toMatchObject(DISPOSED);
    expect(result.written).toMatchObject(DISPOSED);
    expect(result.read).toMatchObject(DISPOSED);
    expect(result).toMatchObject({ open: false, data: 1200 * 900 * 4, bitmap: 1200, json: 'object', kind: 'wasm', memory: 0 });
    await expectNothingLeft(page);
  });
}

test('a hundred engines come and go, and leave nothing', async ({ hostile, page }, info) => {
  await prepare(hostile, page, setups[0]);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  const live = (count) => page.evaluate(async (n) => {
    for (let i = 0; i < n; ++i) {
      const engine = await window.create();
      await engine.stylize(window.t.picture(40, 30), { style: window.style });
      engine.dispose();
    }
  }, count);
  await live(10);
  const before = await heap();
  await live(90);
  const each = (await heap() - before) / 90;
  info.annotations.push({ type: 'measured', description: `${each.toFixed(0)} bytes of the page's heap each` });
  // A painting of that size would be 4800.
  expect(each).toBeLessThan(2000);
  await expectNothingLeft(page);
});
