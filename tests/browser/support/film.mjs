// Films made and read again for the tests, in a page of their own: what the page under test wrote is looked at by other means.
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './fixtures.mjs';

const MEDIABUNNY = '/demo/node_modules/mediabunny/dist/bundles/mediabunny.min.mjs';

/** A page with `window.media`, from a server of the repository. */
export async function openWorkbench(context, url) {
  const page = await context.newPage();
  await page.goto(`${url}tests/browser/pages/harness.html`);
  await page.waitForFunction(() => window.t !== undefined);
  await page.evaluate(async (path) => {
    window.media = await import(path);
    window.toBase64 = (bytes) => {
      let text = '';
      for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
      return btoa(text);
    };
    window.fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  }, MEDIABUNNY);
  return page;
}

/**
 * A film: the camera moves over a photo, and a tone of 440 Hz sounds. Every fourth frame is shown twice as long. `rotation` is written
 * into the file, as telephones do.
 */
export async function makeFilm(workbench, { width = 192, height = 144, frames = 20, container = 'mp4', codec = 'avc', sound = true, picture = true, rotation = 0 } = {}) {
  const { base64, times } = await workbench.evaluate(async (options) => {
    const { media, toBase64 } = window;
    const target = new media.BufferTarget();
    const format = options.container === 'mp4' ? new media.Mp4OutputFormat() : new media.WebMOutputFormat();
    const output = new media.Output({ format, target });
    const canvas = new OffscreenCanvas(options.width, options.height);
    const frames = new media.CanvasSource(canvas, { codec: options.codec, quality: new media.Quality({ bitrate: 2e6 }) });
    if (options.picture) output.addVideoTrack(frames, { rotation: options.rotation });
    const tone = new media.AudioBufferSource({ codec: 'opus', quality: new media.Quality('medium') });
    if (options.sound) output.addAudioTrack(tone);
    await output.start();
    const photo = await createImageBitmap(await (await fetch('/tests/browser/fixtures/lake.jpg')).blob());
    const context = canvas.getContext('2d');
    const times = [];
    let time = 0;
    for (let i = 0; i < options.frames; ++i) {
      const [w, h] = [photo.width / 2, ((photo.width / 2) * options.height) / options.width];
      const part = i / options.frames;
      context.drawImage(photo, part * (photo.width - w), 0.6 * Math.max(0, photo.height - h), w, h, 0, 0, options.width, options.height);
      context.fillStyle = '#ff2010'; // where the top is
      context.fillRect(0, 0, options.width, Math.round(options.height / 12));
      const duration = i % 4 === 3 ? 0.08 : 0.04;
      if (options.picture) await frames.add(time, duration);
      times.push(time);
      time += duration;
    }
    if (options.sound) {
      const buffer = new AudioBuffer({ length: Math.round(48000 * time), sampleRate: 48000 });
      const samples = buffer.getChannelData(0);
      for (let i = 0; i < samples.length; ++i) samples[i] = 0.3 * Math.sin((2 * Math.PI * 440 * i) / 48000);
      await tone.add(buffer);
    }
    await output.finalize();
    return { base64: toBase64(new Uint8Array(target.buffer)), times: [...times, time] };
  }, { width, height, frames, container, codec, sound, picture, rotation });
  return { bytes: Buffer.from(base64, 'base64'), times };
}

/** What is in a file: size, times of the frames in seconds, sound, and how the frames' pixels differ from those of `original`. */
export async function readFilm(workbench, bytes, original) {
  return workbench.evaluate(async ([text, other]) => {
    const { media, fromBase64 } = window;
    const read = async (base64) => {
      const input = new media.Input({ source: new media.BlobSource(new Blob([fromBase64(base64)])), formats: media.ALL_FORMATS });
      const video = await input.getPrimaryVideoTrack();
      const audio = await input.getPrimaryAudioTrack();
      const film = { type: (await input.getMimeType()).split(';')[0], frames: [], times: [] };
      film.seconds = await input.computeDuration();
      film.size = video && [await video.getDisplayWidth(), await video.getDisplayHeight()];
      film.rotation = await video?.getRotation();
      film.codec = await video?.getCodec();
      for await (const sample of new media.VideoSampleSink(video).samples()) {
        const canvas = new OffscreenCanvas(96, 72);
        const context = canvas.getContext('2d');
        sample.draw(context, 0, 0, 96, 72);
        film.frames.push(context.getImageData(0, 0, 96, 72).data);
        film.times.push(sample.timestamp);
        sample.close();
      }
      film.sound = audio && { codec: await audio.getCodec(), seconds: (await input.computeDuration([audio])) - (await audio.getFirstTimestamp()), loudness: 0 };
      if (audio) {
        let [sum, count] = [0, 0];
        for await (const { buffer } of new media.AudioBufferSink(audio).buffers()) {
          for (const value of buffer.getChannelData(0)) sum += value * value;
          count += buffer.length;
        }
        film.sound.loudness = Math.sqrt(sum / count);
      }
      return film;
    };
    const difference = (a, b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
    const { frames, ...film } = await read(text);
    const others = other && (await read(other)).frames;
    return {
      ...film,
      /** Mean difference of each frame from the same one of the original. */
      changed: others && frames.map((frame, i) => (others[i] ? difference(frame, others[i]) : NaN)),
      /** Mean difference of each frame from the one before. */
      moved: frames.slice(1).map((frame, i) => difference(frame, frames[i])),
      /** Mean red, green, blue of the first frame's top rows, and of its left columns. */
      top: [0, 1, 2].map((c) => mean(frames[0], (x, y) => y < 4, c)),
      left: [0, 1, 2].map((c) => mean(frames[0], (x) => x < 4, c)),
    };
    function mean(data, inside, channel) {
      let [sum, count] = [0, 0];
      for (let y = 0; y < 72; ++y) for (let x = 0; x < 96; ++x) if (inside(x, y)) [sum, count] = [sum + data[4 * (96 * y + x) + channel], count + 1];
      return sum / count;
    }
  }, [bytes.toString('base64'), original?.toString('base64')]);
}

/** Keeps a file to be looked at. */
export function keep(name, bytes) {
  const folder = join(root, 'tests/browser/test-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
}
