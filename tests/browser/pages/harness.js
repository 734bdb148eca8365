// Loads the built package as a page without a bundler would, and offers what tests need beside it.
import * as brushwork from '../../../web/dist/index.js';

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** RGBA of an encoded picture, as the browser decodes it. Exact for opaque PNG. */
async function pixels(blob) {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

/** Peak signal-to-noise ratio of the colours in dB; 99 where there is no difference. */
function psnr(a, b) {
  if (a.width !== b.width || a.height !== b.height) throw new Error(`sizes differ: ${a.width}×${a.height}, ${b.width}×${b.height}`);
  let sum = 0;
  let worst = 0;
  for (let i = 0; i < a.data.length; ++i) {
    if (i % 4 === 3) continue;
    const difference = Math.abs(a.data[i] - b.data[i]);
    worst = Math.max(worst, difference);
    sum += difference * difference;
  }
  const mean = sum / ((a.data.length / 4) * 3);
  return { psnr: mean === 0 ? 99 : 10 * Math.log10((255 * 255) / mean), worst };
}

async function sha256(data) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The outcome of a call as plain values: what it returned is dropped. */
async function outcome(promise) {
  try {
    await promise;
    return { ok: true };
  } catch (error) {
    return { ok: false, name: error.name, code: error.code, message: error.message, ours: error instanceof brushwork.BrushworkError };
  }
}

/** Smooth colours with some detail, the same every time. */
function picture(width, height, seed = 1) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, i = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, i += 4) {
      data[i] = 128 + 100 * Math.sin(x / 9 + seed);
      data[i + 1] = 128 + 100 * Math.sin(y / 7 + seed * 2);
      data[i + 2] = 128 + 100 * Math.sin((x + y) / 15 + seed * 3);
      data[i + 3] = 255;
    }
  }
  return { data, width, height };
}

/** What an engine of its own paints, which is gone afterwards. */
async function paintOnce(create, photo, options) {
  using engine = await brushwork.Brushwork.create(create);
  return await engine.stylize(photo, options);
}

/** C++ objects that JavaScript holds, as of the last reply. */
const objects = (engine) => engine[Symbol.for('brushwork.objects')]();

window.bw = brushwork;
window.t = { bytes, pixels, psnr, sha256, outcome, picture, paintOnce, objects };
