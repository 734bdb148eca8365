// Downloads that go wrong: each ends in an error that says so, nothing of it is kept, and the next attempt of the same page succeeds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root } from '../support/fixtures.mjs';
import { faults, test } from '../support/hostile.mjs';
import { generator, styles } from '../support/models.mjs';

const styleId = styles[0].id;
const assets = join(root, 'web/dist/assets');
const size = (file) => readFileSync(join(assets, file)).length;
const KILOBYTE = 1024;
const model = generator.model;
const encoder = generator.encoder.model;
const WASM = 'brushwork-relaxed.wasm';
const GLUE = 'brushwork-relaxed.mjs';

/** Calls `create`, or the style's generator, again and again until that succeeds; the errors until then, each different one once. */
function attempts(page, what, most, options = {}) {
  return page.evaluate(async ([kind, limit, create, style]) => {
    const { t, bw } = window;
    const errors = new Map();
    for (let i = 1; i <= limit; ++i) {
      const made = kind === 'create' ? bw.Brushwork.create(create).then((engine) => (window.engine = engine)) : window.engine.style(style);
      const outcome = await t.outcome(made);
      if (outcome.ok) return { failures: i - 1, errors: [...errors.values()] };
      errors.set(`${outcome.code} ${outcome.ours} ${outcome.message.replace(/\d+/g, 'N')}`, outcome);
    }
    return { failures: limit, errors: [...errors.values()] };
  }, [what, most, options, styleId]);
}

const paint = (page) => page.evaluate(async (style) => {
  const hash = await window.t.sha256((await window.engine.stylize(window.t.picture(80, 60), { style, strength: 0.5 })).data);
  window.engine.dispose();
  return hash;
}, styleId);

const entries = (page) => page.evaluate(async () => (await (await caches.open('brushwork')).keys()).length);

/** What an ordinary server's files paint. */
let expected;
test.beforeAll(async ({ browser, plain }) => {
  const page = await browser.newPage();
  await page.goto(`${plain}tests/browser/pages/harness.html`);
  await page.waitForFunction(() => window.t !== undefined);
  await attempts(page, 'create', 1);
  expected = await paint(page);
  await page.close();
});

function expectNetworkErrors({ errors }, file) {
  for (const error of errors) {
    expect(error).toMatchObject({ ok: false, code: 'network', ours: true });
    expect(error.message).toContain(file);
  }
  expect(errors.length).toBeGreaterThan(0);
}

/** Each attempt is cut a kilobyte later than the one before. */
const cutLater = (file, step = KILOBYTE) => {
  const bytes = size(file);
  const cuts = Math.ceil(bytes / step);
  return { cuts, fault: (name, before) => (name === file && before < cuts ? faults.cut(before * step) : undefined) };
};

test.describe('cut at every kilobyte, then whole', () => {
  for (const [file, host] of [[model, 'worker'], [`${generator.id}-styles.bin`, 'worker']]) {
    test(`${file}, of one engine`, async ({ hostile, page }, info) => {
      const server = await hostile();
      await attempts(page, 'create', 1, { threads: 1, host });
      const { cuts, fault } = cutLater(file);
      server.fault = fault;
      const result = await attempts(page, 'style', cuts + 5);
      expect(result.failures).toBe(cuts);
      expectNetworkErrors(result, file);
      info.annotations.push({ type: 'measured', description: `${cuts} cuts` });
      expect(await paint(page)).toBe(expected);
    });
  }

  // The code is the same in a worker and in the page; in the page a thousand attempts take seconds.
  for (const [file, host, step] of [[WASM, 'inline', KILOBYTE], [GLUE, 'inline', KILOBYTE], [WASM, 'worker', 64 * KILOBYTE], [GLUE, 'worker', KILOBYTE]]) {
    test(`${file}, of one page, ${host}${step === KILOBYTE ? '' : `, every ${step / KILOBYTE} kB`}`, async ({ hostile, page }, info) => {
      const server = await hostile();
      const { cuts, fault } = cutLater(file, step);
      server.fault = fault;
      const result = await attempts(page, 'create', cuts + 5, { threads: 1, host });
      expect(result.failures).toBe(cuts);
      expectNetworkErrors(result, file);
      info.annotations.push({ type: 'measured', description: `${cuts} cuts` });
      expect(await paint(page)).toBe(expected);
      await expect.poll(() => page.workers().length).toBe(0);
    });
  }

  test(`${encoder}, every 16 kB, of one engine`, async ({ hostile, page }, info) => {
    const server = await hostile();
    await attempts(page, 'create', 1, { threads: 1 });
    const { cuts, fault } = cutLater(encoder, 16 * KILOBYTE);
    server.fault = fault;
    const failures = await page.evaluate(async (limit) => {
      const outcomes = [];
      while (outcomes.length < limit && !outcomes.at(-1)?.ok) outcomes.push(await window.t.outcome(window.engine.styleFromImage(window.t.picture(40, 40))));
      return outcomes;
    }, cuts + 5);
    expect(failures.pop()).toEqual({ ok: true });
    expect(failures.length).toBe(cuts);
    expectNetworkErrors({ errors: failures }, encoder);
    info.annotations.push({ type: 'measured', description: `${cuts} cuts` });
    expect(await paint(page)).toBe(expected);
  });
});

/** Everything else that a server can do, to one attempt each, and what the error has to say. */
const wrongs = (file) => {
  const bytes = size(file);
  return [
    ['404', faults.status(404), /HTTP status 404/],
    ['500', faults.status(500), /HTTP status 500/],
    ['HTML in its place', faults.html(), undefined],
    ['truncated by a byte, as if it were whole', faults.truncated(bytes - 1), undefined],
    ['half of it, as if it were whole', faults.truncated(bytes >> 1), undefined],
    ['nothing, as if it were whole', faults.truncated(0), undefined],
    ['a bit of the first byte', faults.flipped(0), undefined],
    ['a bit in the middle', faults.flipped(bytes >> 1), undefined],
    ['a bit of the last byte', faults.flipped(bytes - 1), undefined],
    ['said to be compressed', faults.encoding(), undefined],
  ];
};

for (const [file, what, host] of [[model, 'style', 'worker'], [`${generator.id}-styles.bin`, 'style', 'worker'], [WASM, 'create', 'worker'], [WASM, 'create', 'inline']]) {
  test(`${file} (${host}) is wrong in every way, then right`, async ({ hostile, page }) => {
    const server = await hostile();
    if (what === 'style') await attempts(page, 'create', 1, { threads: 1, host });
    const kept = await expect.poll(() => entries(page)).toBe(what === 'style' ? 1 : 0).then(() => entries(page));
    for (const [name, fault, says] of wrongs(file)) {
      server.fault = (asked) => (asked === file ? fault : undefined);
      const result = await attempts(page, what, 1, { threads: 1, host });
      expect(result.failures, name).toBe(1);
      expectNetworkErrors(result, file);
      expect(result.errors[0].message, name).toMatch(says ?? /sha256|fetch|network/i);
    }
    // Nothing of it was kept, save the generator's other file, which was right.
    expect(await entries(page)).toBe(kept + (what === 'style' ? 1 : 0));
    server.reset();
    expect((await attempts(page, what, 1, { threads: 1, host })).failures).toBe(0);
    expect(await paint(page)).toBe(expected);
    expect(server.asked).toContain(file);
  });
}

for (const host of ['worker', 'inline']) {
  test(`${GLUE} (${host}) is wrong in every way that can be seen, then right`, async ({ hostile, page }) => {
    const server = await hostile();
    // Modules have no checksum: what is still a program is run.
    for (const [name, fault] of wrongs(GLUE).filter(([kind]) => !/ bit | byte/.test(kind))) {
      server.fault = (asked) => (asked === GLUE ? fault : undefined);
      const result = await attempts(page, 'create', 1, { threads: 1, host });
      expect(result.failures, name).toBe(1);
      expectNetworkErrors(result, GLUE);
    }
    server.reset();
    expect((await attempts(page, 'create', 1, { threads: 1, host })).failures).toBe(0);
    expect(await paint(page)).toBe(expected);
  });
}

test('the program for videos fails, and the next video loads it', async ({ hostile, page }) => {
  const server = await hostile();
  await attempts(page, 'create', 1, { threads: 1 });
  const frame = () => page.evaluate(async (style) => {
    const { t, engine } = window;
    const { readable, writable } = engine.video({ style, pacing: 'every-frame' });
    const writer = writable.getWriter();
    const photo = t.picture(64, 48);
    writer.write(new VideoFrame(photo.data, { format: 'RGBA', codedWidth: 64, codedHeight: 48, timestamp: 0 })).catch(() => undefined);
    writer.close().catch(() => undefined);
    try {
      const { value } = await readable.getReader().read();
      value.close();
      return { ok: true };
    } catch (error) {
      return { ok: false, code: error.code, message: error.message, ours: error instanceof window.bw.BrushworkError };
    }
  }, styleId);
  for (const file of ['brushwork-video.mjs', 'brushwork-video.wasm']) {
    const bytes = size(file);
    for (const fault of [faults.cut(0), faults.cut(bytes >> 1), faults.truncated(bytes >> 1), faults.html(), faults.status(404)]) {
      server.fault = (asked) => (asked === file ? fault : undefined);
      const failed = await frame();
      expect(failed, file).toMatchObject({ ok: false, code: 'network', ours: true });
      expect(failed.message).toContain(file);
    }
  }
  server.reset();
  expect(await frame()).toEqual({ ok: true });
  expect(await paint(page)).toBe(expected);
});

test("a user's model at a URL is cut, stopped and sent whole", async ({ hostile, page }) => {
  const server = await hostile();
  await attempts(page, 'create', 1, { threads: 1 });
  const load = () => page.evaluate((url) => window.t.outcome(window.engine.styleFromModel(url)), `/web/dist/assets/${model}`);
  server.fault = (asked, before) => (asked === model && before < 3 ? faults.cut([0, 1000, size(model) - 1][before]) : undefined);
  for (let i = 0; i < 3; ++i) expect(await load()).toMatchObject({ ok: false, code: 'network', ours: true });
  expect(await load()).toEqual({ ok: true });
  server.fault = (asked) => (asked === model ? faults.stall(5000) : undefined);
  const aborted = await page.evaluate((url) => window.t.outcome(window.engine.styleFromModel(url, { signal: AbortSignal.timeout(300) })), `/web/dist/assets/${model}`);
  expect(aborted).toMatchObject({ ok: false, code: 'aborted', name: 'AbortError' });
  server.reset();
  expect(await load()).toEqual({ ok: true });
  expect(await paint(page)).toBe(expected);
});

test('a server that falls silent is given up, and asked again', async ({ hostile, page, context }, info) => {
  test.setTimeout(180_000);
  const server = await hostile();
  // All at the same time, each in a page of its own, for each takes half a minute.
  const silent = [
    [GLUE, 'create', faults.stall(1000)], [GLUE, 'create', faults.silence()],
    [WASM, 'create', faults.stall(100_000)], [WASM, 'create', faults.silence()],
    [model, 'style', faults.stall(5000)], [model, 'style', faults.silence()],
  ];
  const pages = await Promise.all(silent.map(async ([file, what, fault]) => {
    const other = await context.newPage();
    await other.goto(`${server.url}tests/browser/pages/harness.html`);
    await other.waitForFunction(() => window.t !== undefined);
    return { other, file, what, fault };
  }));
  for (const { other, file, what, fault } of pages) {
    server.fault = (asked) => (asked === file ? fault : undefined);
    if (what === 'style') await attempts(other, 'create', 1, { threads: 1, cache: false });
    other.outcome = attempts(other, what, 1, { threads: 1, cache: false });
    await expect.poll(() => server.asked.includes(file)).toBe(true);
    server.reset();
  }
  const began = Date.now();
  for (const { other, file } of pages) {
    const result = await other.outcome;
    expect(result.failures, file).toBe(1);
    expectNetworkErrors(result, file);
    expect(result.errors[0].message).toMatch(/nothing came for 30 s/);
  }
  info.annotations.push({ type: 'measured', description: `after ${((Date.now() - began) / 1000).toFixed(0)} s` });
  for (const { other, what } of pages) {
    expect((await attempts(other, what, 1, { threads: 1, cache: false })).failures).toBe(0);
    expect(await paint(other)).toBe(expected);
    await other.close();
  }
});
