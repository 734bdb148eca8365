// The demo page's camera and video views, used as a person would. Chromium's fake camera shows a turning disc and a clock.
import { AxeBuilder } from '@axe-core/playwright';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../../demo/serve.mjs';
import { keep, makeFilm, openWorkbench, readFilm } from '../support/film.mjs';
import { expect, root, test as base } from '../support/fixtures.mjs';

const pageFolder = join(root, 'demo/dist/');

const test = base.extend({
  /** Opens a view of the page. */
  open: async ({ page, consoleErrors: _ }, use) => {
    if (!existsSync(join(pageFolder, 'index.html'))) throw new Error('demo/dist is missing: build the page first');
    const server = await serve({ root: pageFolder });
    await use(async (view, { width = 1280, height = 800 } = {}) => {
      await page.setViewportSize({ width, height });
      await page.goto(server.url);
      await page.click(`#mode-${view}`);
      await expect(page.locator(`[data-view="${view}"]`)).toBeAttached();
      return page;
    });
    await server.close();
  },
  /** A page that makes films, and reads those that the page under test wrote. */
  workbench: async ({ context, isolated }, use) => use(await openWorkbench(context, isolated)),
});

/** The streams that the page was given, so that a test knows whether they have ended. */
const watchCameras = (page) =>
  page.addInitScript(() => {
    window.tracks = [];
    const { mediaDevices } = navigator;
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
  });

/** Switches the camera on, if the page has not done so because it may, and waits until it is painted. */
async function startCamera(page) {
  const view = page.locator('[data-view="camera"]');
  // Which of the two comes can't be known, nor when: the button may go while it is pressed.
  const started = async () => {
    await page.click('#camera-start', { timeout: 500 }).catch(() => undefined);
    return view.getAttribute('data-painted');
  };
  await expect.poll(started).toBe('true');
}

/** What the canvas shows, at 64 × 36. */
const look = (page, selector = '.film-stage canvas') =>
  page.locator(selector).first().evaluate((canvas) => {
    const context = new OffscreenCanvas(64, 36).getContext('2d');
    context.drawImage(canvas, 0, 0, 64, 36);
    return [...context.getImageData(0, 0, 64, 36).data];
  });
const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

async function save(page, selector) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

const choose = (page, name, buffer, mimeType = 'video/mp4') => page.setInputFiles('input[data-input="video"]', { name, mimeType, buffer });

const shot = (page, name) => page.screenshot({ path: join(root, `tests/browser/test-results/${name}.png`) });

test('the camera is painted, its figures are shown, and it ends when the view is left', async ({ page, open }) => {
  await watchCameras(page);
  await open('camera');
  await startCamera(page);
  await expect(page.locator('#figures')).toHaveText(/\d+\.\d fps · \d+ ms · \d+ × \d+/);
  const first = await look(page);
  await expect.poll(async () => difference(await look(page), first)).toBeGreaterThan(0.5);
  // The camera's own picture is one of flat colours; a painting is not.
  const raw = await page.evaluate(async () => {
    const video = document.createElement('video');
    video.srcObject = new MediaStream([window.tracks[0]]);
    video.muted = true;
    await video.play();
    const context = new OffscreenCanvas(64, 36).getContext('2d');
    context.setTransform(-1, 0, 0, 1, 64, 0);
    context.drawImage(video, 0, 0, 64, 36);
    video.srcObject = null;
    return [...context.getImageData(0, 0, 64, 36).data];
  });
  expect(difference(raw, await look(page))).toBeGreaterThan(10);
  await page.click('#mode-photo');
  await expect.poll(() => page.evaluate(() => window.tracks.map(({ readyState }) => readyState))).toEqual(['ended']);
});

test('another style and strength: painting goes on', async ({ page, open }) => {
  await watchCameras(page);
  await open('camera');
  await startCamera(page);
  const before = await look(page);
  await page.locator('#gallery input').nth(3).check({ force: true });
  await expect.poll(async () => difference(await look(page), before)).toBeGreaterThan(12);
  await page.locator('#strength').fill('20');
  await expect(page.locator('[data-view="camera"]')).toHaveAttribute('data-painted', 'true');
  expect(await page.evaluate(() => window.tracks.length)).toBe(1);
  // The mirror exchanges left and right.
  await page.uncheck('#camera-mirror');
  await expect(page.locator('[data-view="camera"]')).toHaveAttribute('data-state', 'running');
});

test('a recording is a video of the painting, without sound unless asked', async ({ page, open, workbench }) => {
  await open('camera');
  await page.bringToFront();
  await startCamera(page);
  const recorded = {};
  for (const sound of [false, true]) {
    if (sound) await page.check('#camera-sound');
    await page.click('#camera-record');
    await expect(page.locator('.film-recording')).toHaveText(/Recording 0:(0[2-9]|[1-5]\d)/);
    await page.click('#camera-record');
    await expect(page.locator('.film-recorded video')).toBeVisible();
    const { name, bytes } = await save(page, '[data-action="save"]');
    expect(name).toMatch(/^camera-[a-z-]+-\d{4}-\d{6}\.(mp4|webm)$/);
    keep(`camera${sound ? '-with-sound' : ''}${name.slice(name.lastIndexOf('.'))}`, bytes);
    // The browser's own player takes it, too.
    const played = await page.locator('.film-recorded video').evaluate(async (video) => {
      if (video.readyState < 2) await new Promise((resolve, reject) => Object.assign(video, { onloadeddata: resolve, onerror: () => reject(video.error) }));
      return { size: [video.videoWidth, video.videoHeight], seconds: video.duration };
    });
    recorded[sound] = { ...(await readFilm(workbench, bytes)), played };
    await page.click('[data-action="discard"]');
    await expect(page.locator('.film-recorded')).toHaveCount(0);
  }
  const canvas = await page.locator('.film-stage canvas').evaluate(({ width, height }) => [width, height]);
  for (const film of Object.values(recorded)) {
    expect(film.size).toEqual(canvas);
    expect(film.played.size).toEqual(canvas);
    expect(film.times.length).toBeGreaterThan(1);
    expect(Math.max(...film.moved)).toBeGreaterThan(0.2);
  }
  expect(recorded.false.sound).toBeNull();
  expect(recorded.true.sound.loudness).toBeGreaterThan(0.001);
});

test('a moment becomes a photo on the easel, or a saved picture', async ({ page, open }) => {
  await watchCameras(page);
  await open('camera');
  await startCamera(page);
  const { name, bytes } = await save(page, '#camera-save');
  expect(name).toMatch(/^camera-.*\.png$/);
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(await page.locator('.film-stage canvas').evaluate(({ width, height }) => [width, height]));
  await page.click('#camera-still');
  await expect(page.locator('#mode-photo')).toHaveAttribute('aria-current', 'page');
  await expect.poll(() => page.evaluate(() => window.tracks[0].readyState)).toBe('ended');
});

const refusals = [
  ['NotAllowedError', 'The camera may not be used'],
  ['NotFoundError', 'No camera was found'],
  ['NotReadableError', 'The camera does not start'],
];

for (const [name, title] of refusals) {
  test(`${name}: ${title}, and it can be tried again`, async ({ page, open }) => {
    await page.addInitScript((error) => {
      const { mediaDevices } = navigator;
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
      let refuse = true;
      mediaDevices.getUserMedia = (constraints) => {
        if (!refuse) return getUserMedia(constraints);
        refuse = false;
        return Promise.reject(new DOMException('as the test says', error));
      };
    }, name);
    await open('camera');
    const view = page.locator('[data-view="camera"]');
    await expect.poll(async () => (await view.getAttribute('data-state')) === 'failed' || page.locator('#camera-start').click({ timeout: 500 }).then(() => false, () => false)).toBe(true);
    await expect(page.getByRole('alert').filter({ hasText: title })).toBeVisible();
    await shot(page, `camera-${name}`);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(view).toHaveAttribute('data-painted', 'true');
  });
}

test('a browser without cameras, and a camera that is unplugged', async ({ page, open }) => {
  await watchCameras(page);
  await open('camera');
  await startCamera(page);
  await page.evaluate(() => window.tracks[0].stop());
  await expect(page.getByRole('alert').filter({ hasText: 'The camera is gone' })).toBeVisible();
  await page.evaluate(() => Object.defineProperty(navigator.mediaDevices, 'getUserMedia', { value: undefined }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'This browser gives pages no camera' })).toBeVisible();
});

test('a page in the background pauses, and goes on', async ({ page, open }) => {
  await watchCameras(page);
  await open('camera');
  await startCamera(page);
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  await expect(page.getByRole('status').filter({ hasText: 'Paused' })).toBeVisible();
  expect(await page.evaluate(() => window.tracks[0].enabled)).toBe(false);
  await hide(false);
  await expect(page.getByRole('status').filter({ hasText: 'Paused' })).toHaveCount(0);
  const first = await look(page);
  await expect.poll(async () => difference(await look(page), first)).toBeGreaterThan(0.5);
});

test('where tracks cannot be read, a video element shows them', async ({ page, open }) => {
  await page.addInitScript(() => delete globalThis.MediaStreamTrackProcessor);
  await open('camera');
  await startCamera(page);
  await expect(page.locator('#figures')).toHaveText(/fps/);
  const first = await look(page);
  await expect.poll(async () => difference(await look(page), first)).toBeGreaterThan(0.5);
});

test('a video is painted frame by frame, with its sound', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { width: 320, height: 240, frames: 40 });
  await page.bringToFront();
  await open('video');
  await choose(page, 'my holiday.mp4', film.bytes);
  await expect(page.locator('.film-facts')).toHaveText(/320 × 240 · 0:02 · 20(\.\d)? frames a second/);
  await page.locator('#film-size').selectOption({ index: 0 });
  await page.click('#film-start');
  const progress = page.locator('#film-progress');
  await expect(progress).toBeVisible();
  await expect(page.locator('[data-view="video"]')).toHaveAttribute('data-state', 'done');
  await expect(page.locator('.film-recorded')).toContainText('40 frames');
  const { name, bytes } = await save(page, '[data-action="save"]');
  expect(name).toMatch(/^my holiday-[a-z-]+\.mp4$/);
  keep('painted.mp4', bytes);
  keep('original.mp4', film.bytes);
  const painted = await readFilm(workbench, bytes, film.bytes);
  expect(painted).toMatchObject({ type: 'video/mp4', codec: 'avc', size: [320, 240] });
  expect(painted.times.length).toBe(40);
  painted.times.forEach((time, i) => expect(time).toBeCloseTo(film.times[i], 3));
  expect(painted.seconds).toBeCloseTo(film.times.at(-1), 1);
  expect(painted.sound.codec).toBe('opus');
  expect(painted.sound.seconds).toBeCloseTo(film.times.at(-1), 1);
  expect(painted.sound.loudness).toBeGreaterThan(0.1);
  expect(Math.min(...painted.changed)).toBeGreaterThan(4);
  await shot(page, 'video-done');
});

/** Films that are on disk while they are painted, and until they are saved or discarded. */
const scratchFiles = (page) =>
  page.evaluate(async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names;
  });

test('a film is written to disk, and leaves nothing there; without disk space it is kept in memory', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { frames: 8 });
  await page.bringToFront();
  await open('video');
  const view = page.locator('[data-view="video"]');
  await choose(page, 'film.mp4', film.bytes);
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  const kept = await scratchFiles(page);
  expect(kept).toEqual([expect.stringMatching(/^painted-/)]);
  await page.click('#film-again');
  await expect(page.locator('#film-progress')).toBeVisible();
  await expect(view).toHaveAttribute('data-state', 'done');
  expect(await scratchFiles(page)).not.toEqual(kept);
  await page.click('[data-action="discard"]');
  await expect.poll(() => scratchFiles(page)).toEqual([]);

  await page.evaluate(() => (navigator.storage.estimate = () => Promise.resolve({ quota: 1000, usage: 0 })));
  await page.click('#film-start');
  await expect(page.locator('.film-stage [role="alert"]')).toContainText('There is no room on the disk');
  await page.evaluate(() => (navigator.storage.getDirectory = () => Promise.reject(new DOMException('no', 'SecurityError'))));
  await choose(page, 'film.mp4', film.bytes);
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  expect((await readFilm(workbench, (await save(page, '[data-action="save"]')).bytes)).times.length).toBe(8);
});

test('WebM in, MP4 out; a video that was filmed lying is painted upright', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { width: 160, height: 96, frames: 6, container: 'webm', codec: 'vp9', rotation: 90 });
  expect(await readFilm(workbench, film.bytes)).toMatchObject({ type: 'video/webm', size: [96, 160], rotation: 90 });
  await page.bringToFront();
  await open('video');
  await choose(page, 'lying.webm', film.bytes, 'video/webm');
  await page.click('#film-start');
  await expect(page.locator('[data-view="video"]')).toHaveAttribute('data-state', 'done');
  const { bytes } = await save(page, '[data-action="save"]');
  const painted = await readFilm(workbench, bytes);
  expect(painted).toMatchObject({ size: [96, 160], rotation: 0 });
  expect(painted.times.length).toBe(6);
  expect(painted.sound.loudness).toBeGreaterThan(0.1);
});

/** Presses `button`, then stops as soon as more than so many frames are painted: from the page itself, a fast machine leaves a mouse no time. */
async function pressAndStop(page, button, frames) {
  await expect(page.locator(`#${button}`)).toBeEnabled();
  await page.evaluate(async ([id, count]) => {
    document.getElementById(id).click();
    const view = document.querySelector('[data-view="video"]');
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      const stop = document.getElementById('film-stop');
      if (stop && Number(view.dataset.frames) >= count) return stop.click();
    }
  }, [button, frames]);
}

test('stop, go on, stop, keep what is done; then the whole film', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { frames: 60 });
  await page.bringToFront();
  await open('video');
  const view = page.locator('[data-view="video"]');
  const frames = async () => Number(await view.getAttribute('data-frames'));
  await choose(page, 'long.mp4', film.bytes);
  await pressAndStop(page, 'film-start', 1);
  await expect(view).toHaveAttribute('data-state', 'stopped');
  const first = await frames();
  expect(first).toBeLessThan(60);
  await pressAndStop(page, 'film-go-on', first + 1);
  await expect(view).toHaveAttribute('data-state', 'stopped');
  await page.click('#film-keep');
  await expect(view).toHaveAttribute('data-state', 'done');
  const { bytes } = await save(page, '[data-action="save"]');
  const part = await readFilm(workbench, bytes, film.bytes);
  expect(part.times.length).toBeGreaterThan(1);
  expect(part.times.length).toBeLessThan(60);
  part.times.forEach((time, i) => expect(time).toBeCloseTo(film.times[i], 3));
  await page.click('[data-action="discard"]');
  await pressAndStop(page, 'film-start', 0);
  await page.click('#film-discard');
  await expect(view).toHaveAttribute('data-state', 'ready');
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  await expect(page.locator('.film-recorded')).toContainText('60 frames');
});

test('nobody loses a video, painted in part or not saved, without having been asked', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { frames: 60 });
  const asked = [];
  let answer = false;
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message());
    await (answer ? dialog.accept() : dialog.dismiss());
  });
  const leave = async (lose) => {
    answer = lose;
    asked.length = 0;
    await page.click('#mode-photo');
    return asked.length;
  };
  await page.bringToFront();
  await open('video');
  const view = page.locator('[data-view="video"]');
  await choose(page, 'film.mp4', film.bytes);
  await pressAndStop(page, 'film-start', 1);
  await expect(view).toHaveAttribute('data-state', 'stopped');
  expect(await leave(false)).toBe(1);
  expect(asked[0]).toContain('not finished');
  await page.click('#film-keep');
  await expect(view).toHaveAttribute('data-state', 'done');
  expect(await leave(false)).toBe(1);
  expect(asked[0]).toContain('not saved');
  // Another file would take its place, too.
  await choose(page, 'other.mp4', film.bytes);
  expect(asked.length).toBe(2);
  await expect(view).toHaveAttribute('data-state', 'done');
  await save(page, '[data-action="save"]');
  expect(await leave(false)).toBe(0);
  await expect(view).toHaveCount(0);

  await page.click('#mode-video');
  await choose(page, 'film.mp4', film.bytes);
  await pressAndStop(page, 'film-start', 1);
  expect(await leave(true)).toBe(1);
  await expect(view).toHaveCount(0);
  await page.click('#mode-video');
  expect(await leave(true)).toBe(0);
});

test('a video that was thrown away is not asked about, however soon another one is chosen', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { frames: 8 });
  const asked = [];
  page.on('dialog', async (dialog) => {
    asked.push(dialog.message());
    await dialog.dismiss();
  });
  await page.bringToFront();
  await open('video');
  const view = page.locator('[data-view="video"]');
  await choose(page, 'film.mp4', film.bytes);
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  // From the page itself: what is on the disk is not removed as quickly.
  await page.evaluate(async (base64) => {
    document.querySelector('[data-action="discard"]').click();
    await new Promise((resolve) => setTimeout(resolve));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.fromBase64(base64)], 'other.mp4', { type: 'video/mp4' }));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, film.bytes.toString('base64'));
  await expect(view).toHaveAttribute('data-state', 'ready');
  expect(asked).toEqual([]);
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  const { name } = await save(page, '[data-action="save"]');
  expect(name).toContain('other');
});

test('files that are no video, have no picture or are cut off are explained; the next one is painted', async ({ page, open, workbench }) => {
  const film = await makeFilm(workbench, { frames: 40 });
  const soundOnly = await makeFilm(workbench, { frames: 12, picture: false });
  await page.bringToFront();
  await open('video');
  const view = page.locator('[data-view="video"]');
  const problem = page.locator('.film-stage [role="alert"]');
  await choose(page, 'letter.mp4', Buffer.from('Dear Theo, I paint by night.'));
  await expect(problem).toContainText('That is not a video brushwork can read');
  await expect(problem).toContainText('letter.mp4');
  await shot(page, 'video-problem');
  await choose(page, 'song.mp4', soundOnly.bytes);
  await expect(problem).toContainText('There is no picture in that file');
  await choose(page, 'head.mp4', film.bytes.subarray(0, 500));
  await expect(problem).toContainText('head.mp4');
  // What is there of it is painted, and what is not is said.
  await choose(page, 'half.mp4', film.bytes.subarray(0, film.bytes.length / 2));
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  await expect(page.locator('.film-recorded')).toContainText('The file ends here');
  await page.click('[data-action="discard"]');
  await choose(page, 'whole.mp4', film.bytes);
  await expect(view).toHaveAttribute('data-state', 'ready');
  await page.click('#film-start');
  await expect(view).toHaveAttribute('data-state', 'done');
  await expect(page.locator('.film-recorded')).toContainText('40 frames');
  await expect(page.locator('.film-recorded')).not.toContainText('The file ends here');
});

test('without WebCodecs the page says so', async ({ page, open }) => {
  await page.addInitScript(() => delete globalThis.VideoDecoder);
  await open('video');
  await choose(page, 'film.mp4', Buffer.from('anything'));
  await expect(page.locator('.film-stage [role="alert"]')).toContainText('This browser cannot take videos apart');
});

async function clean(page, state) {
  const { violations } = await new AxeBuilder({ page }).include('main').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), state).toEqual([]);
  await expect(page.locator('h1')).toHaveCount(1);
}

for (const colorScheme of ['light', 'dark']) {
  test(`nothing for axe to find: camera, ${colorScheme}`, async ({ page, open }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await open('camera');
    await startCamera(page);
    await page.click('#camera-record');
    await expect(page.locator('.film-recording')).toBeVisible();
    await clean(page, 'recording');
    await page.click('#camera-record');
    await expect(page.locator('.film-recorded')).toBeVisible();
    await clean(page, 'recorded');
  });

  test(`nothing for axe to find: video, ${colorScheme}`, async ({ page, open, workbench }) => {
    const film = await makeFilm(workbench, { frames: 60 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.bringToFront();
    await open('video');
    await clean(page, 'no video');
    await choose(page, 'letter.mp4', Buffer.from('Dear Theo, I paint by night.'));
    await expect(page.locator('.film-stage [role="alert"]')).toBeVisible();
    await clean(page, 'problem');
    await choose(page, 'film.mp4', film.bytes);
    await expect(page.locator('#film-start')).toBeEnabled();
    await clean(page, 'ready');
    await pressAndStop(page, 'film-start', 0);
    await expect(page.locator('#film-go-on')).toBeVisible();
    await clean(page, 'stopped');
    await page.click('#film-go-on');
    await expect(page.locator('.film-recorded')).toBeVisible();
    await clean(page, 'done');
    await shot(page, `video-done-${colorScheme}`);
  });
}

for (const [width, height] of [[360, 740], [1280, 800], [2560, 1440]]) {
  test(`nothing is cut off at ${width} × ${height}`, async ({ page, open, workbench }) => {
    const film = await makeFilm(workbench, { width: 320, height: 180, frames: 120 });
    await page.bringToFront();
    await open('camera', { width, height });
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await startCamera(page);
    await page.click('#camera-record');
    await expect(page.locator('.film-recording')).toBeVisible();
    await fits();
    await shot(page, `camera-${width}`);
    await page.click('#camera-record');
    await expect(page.locator('.film-recorded')).toBeVisible();
    await fits();
    await shot(page, `camera-recorded-${width}`);
    await page.click('[data-action="discard"]');
    await page.click('#mode-video');
    await fits();
    await shot(page, `video-empty-${width}`);
    await page.click('#language');
    await choose(page, 'film.mp4', film.bytes);
    await page.click('#film-start');
    await expect.poll(async () => Number(await page.locator('[data-view="video"]').getAttribute('data-frames'))).toBeGreaterThan(10);
    await fits();
    await shot(page, `video-painting-zh-${width}`);
  });
}
