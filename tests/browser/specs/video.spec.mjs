// Streams of frames: order, timestamps, dropping, steadiness, and that every frame is closed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await page.addInitScript(() => {
    /** A frame of moving waves whose pixels are known. */
    window.frameAt = (i, width = 192, height = 144, light = 0) => {
      const picture = window.t.picture(width, height, 1 + i / 20);
      for (let k = 0; k < picture.data.length; ++k) if (k % 4 !== 3) picture.data[k] += light;
      const frame = new VideoFrame(picture.data, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp: i * 40_000, duration: 40_000 });
      window.frames.push(frame);
      return frame;
    };
    window.frames = [];
    window.isClosed = (frame) => frame.format === null;
    window.pixelsOf = async (frame) => {
      const context = new OffscreenCanvas(frame.displayWidth, frame.displayHeight).getContext('2d');
      context.drawImage(frame, 0, 0);
      return context.getImageData(0, 0, frame.displayWidth, frame.displayHeight);
    };
  });
});

async function start(harness) {
  const page = await harness();
  await page.evaluate(async (style) => {
    window.engine = await window.bw.Brushwork.create();
    await window.engine.style(style);
  }, styleId);
  return page;
}

test('every frame comes out painted, in order, with its time', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const source = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 8; ++i) controller.enqueue(window.frameAt(i));
        controller.close();
      },
    });
    const seen = [];
    const painted = source.pipeThrough(engine.video({ style, pacing: 'every-frame', steadiness: 0 }));
    for await (const frame of painted) {
      const { timestamp, duration, displayWidth, displayHeight } = frame;
      const photo = t.picture(192, 144, 1 + seen.length / 20);
      const alone = await engine.stylize(photo, { style, statistics: 'thumbnail' });
      seen.push({ timestamp, duration, size: `${displayWidth}×${displayHeight}`, ...t.psnr(await window.pixelsOf(frame), alone) });
      frame.close();
    }
    return { seen, closed: window.frames.every(window.isClosed) };
  }, styleId);
  expect(result.seen.map(({ timestamp }) => timestamp)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => i * 40_000));
  for (const { duration, size, psnr } of result.seen) {
    expect(duration).toBe(40_000);
    expect(size).toBe('192×144');
    expect(psnr).toBeGreaterThan(45); // colours go through the frame's own conversions
  }
  expect(result.closed).toBe(true);
});

test('live: late frames are dropped, the last one is painted', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { readable, writable } = window.engine.video({ style });
    const writer = writable.getWriter();
    const times = [];
    const reading = (async () => {
      for await (const frame of readable) {
        times.push(frame.timestamp);
        frame.close();
      }
    })();
    for (let i = 0; i < 30; ++i) {
      await writer.ready;
      void writer.write(window.frameAt(i));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await writer.close();
    await reading;
    return { times, closed: window.frames.every(window.isClosed) };
  }, styleId);
  expect(result.times.length).toBeGreaterThan(1);
  expect(result.times.length).toBeLessThan(30);
  expect(result.times).toEqual([...result.times].sort((a, b) => a - b));
  expect(result.times[0]).toBe(0);
  expect(result.times.at(-1)).toBe(29 * 40_000);
  expect(result.closed).toBe(true);
});

test('live: what nobody reads is dropped, too', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { readable, writable } = window.engine.video({ style });
    const writer = writable.getWriter();
    for (let i = 0; i < 12; ++i) {
      await writer.write(window.frameAt(i, 64, 48));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    // Until the last one is painted, however slow the machine is.
    while (!window.frames.every(window.isClosed)) await new Promise((resolve) => setTimeout(resolve, 20));
    const closing = writer.close();
    const times = [];
    for await (const frame of readable) {
      times.push(frame.timestamp);
      frame.close();
    }
    await closing;
    return { times, closed: window.frames.every(window.isClosed) };
  }, styleId);
  expect(result.times.length).toBeGreaterThan(0);
  expect(result.times.length).toBeLessThanOrEqual(3);
  expect(result.closed).toBe(true);
});

test('steadiness carries the statistics from frame to frame', async ({ harness }) => {
  const page = await start(harness);
  const changes = await page.evaluate(async (style) => {
    // The same picture, its exposure jumping from frame to frame: what changes in the paintings is what the statistics make of it.
    const change = async (steadiness) => {
      const source = new ReadableStream({
        start(controller) {
          for (let i = 0; i < 6; ++i) controller.enqueue(window.frameAt(0, 256, 192, i % 2 ? 8 : 0));
          controller.close();
        },
      });
      const contrast = [];
      for await (const frame of source.pipeThrough(window.engine.video({ style, pacing: 'every-frame', steadiness }))) {
        contrast.push((await window.pixelsOf(frame)).data);
        frame.close();
      }
      // Between frames that show the same picture.
      const [a, b] = [contrast[0], contrast[1]];
      return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
    };
    return { none: await change(0), all: await change(1), again: await change(1) };
  }, styleId);
  // With its own statistics each frame is normalized to the same; with the first frame's, the brighter one is brighter.
  expect(changes.all).not.toBeCloseTo(changes.none, 1);
  expect(changes.again).toBe(changes.all);
});

/** In the page: paints `count` frames of a still scene, each with noise of its own. */
const noisyClip = async ({ style, steadiness, count }) => {
  const { engine, t } = window;
  const source = new ReadableStream({
    start(controller) {
      for (let i = 0; i < count; ++i) {
        const picture = t.picture(160, 128, 1);
        let seed = 7 + 1000 * i;
        for (let k = 0; k < picture.data.length; ++k) {
          seed = (seed * 1103515245 + 12345) % 2 ** 31;
          if (k % 4 !== 3) picture.data[k] += (seed >> 16) % 7 - 3;
        }
        controller.enqueue(new VideoFrame(picture.data, { format: 'RGBX', codedWidth: 160, codedHeight: 128, timestamp: i * 40_000 }));
      }
      controller.close();
    },
  });
  const frames = [];
  for await (const frame of source.pipeThrough(engine.video({ style, pacing: 'every-frame', steadiness }))) {
    frames.push((await window.pixelsOf(frame)).data);
    frame.close();
  }
  const [a, b] = frames.slice(-2);
  const flicker = a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;
  return { flicker, last: await t.sha256(b) };
};

test('steady frames of a noisy scene differ by much less than single ones', async ({ harness }) => {
  const page = await start(harness);
  const [single, steady, again] = [
    await page.evaluate(noisyClip, { style: styleId, steadiness: 0, count: 5 }),
    await page.evaluate(noisyClip, { style: styleId, steadiness: 0.9, count: 5 }),
    await page.evaluate(noisyClip, { style: styleId, steadiness: 0.9, count: 5 }),
  ];
  expect(single.flicker).toBeGreaterThan(1);
  expect(steady.flicker).toBeLessThan(0.1 * single.flicker);
  expect(again.last).toBe(steady.last);
});

test('two videos at once do not meet, and nothing is kept of them', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const paint = async (first, side) => {
      const source = new ReadableStream({
        start(controller) {
          for (let i = 0; i < 4; ++i) controller.enqueue(window.frameAt(first + i, side, 128));
          controller.close();
        },
      });
      const hashes = [];
      for await (const frame of source.pipeThrough(engine.video({ style, pacing: 'every-frame' }))) {
        hashes.push(await t.sha256((await window.pixelsOf(frame)).data));
        frame.close();
      }
      return hashes;
    };
    const objects = async () => {
      await engine.stylize(t.picture(50, 50), { style }); // its reply comes behind those of what has ended
      return engine[Symbol.for('brushwork.objects')]();
    };
    const before = await objects();
    const alone = [await paint(0, 160), await paint(9, 160)];
    const together = await Promise.all([paint(0, 160), paint(9, 160)]);
    const ended = await objects();
    const endless = () => {
      let i = 0;
      return new ReadableStream({ pull: (controller) => controller.enqueue(window.frameAt(i++)) }, { highWaterMark: 0 });
    };
    let during = 0;
    for (const stop of ['abort', 'leave', 'bad frame']) {
      const controller = new AbortController();
      const frames = stop === 'bad frame'
        ? new ReadableStream({ start: (c) => [window.frameAt(0), window.frameAt(1), { close() {} }].forEach((frame) => c.enqueue(frame)) })
        : endless();
      await t.outcome((async () => {
        let count = 0;
        for await (const frame of frames.pipeThrough(engine.video({ style, pacing: 'every-frame', signal: controller.signal }))) {
          frame.close();
          during = Math.max(during, engine[Symbol.for('brushwork.objects')]());
          if (++count === 2 && stop === 'abort') controller.abort();
          if (count === 2 && stop === 'leave') break;
        }
      })());
    }
    return { alone, together, before, during, ended, stopped: await objects() };
  }, styleId);
  expect(result.together).toEqual(result.alone);
  expect(result.during).toBeGreaterThan(result.before);
  expect(result.ended).toBe(result.before);
  expect(result.stopped).toBe(result.before);
});

test('frames of any format, part and turn are painted as they are shown', async ({ harness }) => {
  const page = await start(harness);
  const decibels = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const [width, height] = [128, 96];
    const { data } = t.picture(width, height, 1);
    const swapped = data.map((value, i) => (i % 4 === 0 ? data[i + 2] : i % 4 === 2 ? data[i - 2] : value));
    const half = (width / 2) * (height / 2);
    const yuv = new Uint8Array(width * height + 2 * half).map((_, i) => (i < width * height ? data[4 * i] : i < width * height + half ? 110 : 150));
    const about = { codedWidth: width, codedHeight: height, timestamp: 0 };
    const frames = {
      RGBA: new VideoFrame(data, { ...about, format: 'RGBA' }),
      RGBX: new VideoFrame(data.map((value, i) => (i % 4 === 3 ? 0 : value)), { ...about, format: 'RGBX' }),
      BGRA: new VideoFrame(swapped, { ...about, format: 'BGRA' }),
      I420: new VideoFrame(yuv, { ...about, format: 'I420' }),
      part: new VideoFrame(data, { ...about, format: 'RGBA', visibleRect: { x: 32, y: 16, width: 64, height: 64 } }),
      stretched: new VideoFrame(data, { ...about, format: 'RGBA', displayWidth: 96, displayHeight: 96 }),
      turned: new VideoFrame(data, { ...about, format: 'RGBA', rotation: 90 }),
    };
    const result = {};
    for (const [name, frame] of Object.entries(frames)) {
      const shown = await window.pixelsOf(frame);
      const [ours, drawn] = [await engine.stylize(frame, { style }), await engine.stylize(shown, { style })];
      result[name] = ours.width === drawn.width && ours.height === drawn.height ? t.psnr(ours, drawn).psnr : -1;
      frame.close();
    }
    return result;
  }, styleId);
  for (const [name, psnr] of Object.entries(decibels)) expect(psnr === null || psnr > 30, `${name}: ${psnr} dB`).toBe(true);
  expect(Object.keys(decibels)).toHaveLength(7);
});

test('an abort, an error and a reader who leaves end the stream; the engine goes on', async ({ harness }) => {
  const page = await start(harness);
  const result = await page.evaluate(async (style) => {
    const { engine, t } = window;
    const before = await t.sha256((await engine.stylize(t.picture(50, 50), { style })).data);
    const endless = () => {
      let i = 0;
      return new ReadableStream({ pull: (controller) => controller.enqueue(window.frameAt(i++)) }, { highWaterMark: 0 });
    };
    const readAll = async (stream, atFrame) => {
      let count = 0;
      for await (const frame of stream) {
        frame.close();
        if (++count === 2) await atFrame?.();
        if (atFrame === undefined && count === 2) break;
      }
    };
    const outcomes = {};
    for (const pacing of ['live', 'every-frame']) {
      const controller = new AbortController();
      const aborted = endless().pipeThrough(engine.video({ style, pacing, signal: controller.signal }));
      outcomes[`${pacing} aborted`] = await t.outcome(readAll(aborted, () => controller.abort()));
      outcomes[`${pacing} before`] = await t.outcome(readAll(endless().pipeThrough(engine.video({ style, pacing, signal: AbortSignal.abort() }))));
      const bad = new ReadableStream({ start: (c) => c.enqueue({ close() {} }) });
      outcomes[`${pacing} bad frame`] = await t.outcome(readAll(bad.pipeThrough(engine.video({ style, pacing })), () => undefined));
      outcomes[`${pacing} left`] = await t.outcome(readAll(endless().pipeThrough(engine.video({ style, pacing }))));
    }
    const sync = (options) => t.outcome((async () => engine.video(options))());
    outcomes.noStyle = await sync({ style: 'crayon' });
    outcomes.noOptions = await sync(undefined);
    const after = await t.sha256((await engine.stylize(t.picture(50, 50), { style })).data);
    const last = endless().pipeThrough(engine.video({ style, pacing: 'every-frame' }));
    outcomes.disposed = await t.outcome(readAll(last, () => engine.dispose()));
    return { outcomes, before, after };
  }, styleId);
  for (const pacing of ['live', 'every-frame']) {
    expect(result.outcomes[`${pacing} aborted`]).toMatchObject({ ok: false, name: 'AbortError', code: 'aborted' });
    expect(result.outcomes[`${pacing} before`]).toMatchObject({ ok: false, code: 'aborted' });
    expect(result.outcomes[`${pacing} bad frame`]).toMatchObject({ ok: false, code: 'invalid-argument' });
    expect(result.outcomes[`${pacing} left`]).toMatchObject({ ok: true });
  }
  expect(result.outcomes.noStyle).toMatchObject({ ok: false, code: 'invalid-argument' });
  expect(result.outcomes.noOptions).toMatchObject({ ok: false, code: 'invalid-argument' });
  expect(result.outcomes.disposed).toMatchObject({ ok: false, code: 'disposed' });
  expect(result.after).toBe(result.before);
});
