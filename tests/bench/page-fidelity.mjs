// What runs in the page for the fidelity rows: paints, and compares paintings where they are.
import { differingBytes, largestDifference, psnr, ssim } from './metrics.mjs';

const { attempt, engineOf, pictureOf, styleOf } = window.bench;

/** `recipe`: { engine, parallelism, style, stylize }. */
async function paint({ engine: engineOptions, parallelism, style, stylize = {} }, picture) {
  const engine = await engineOf(engineOptions);
  if (parallelism && engine.backend.parallelism !== parallelism) {
    throw new Error(`the engine's parallelism is '${engine.backend.parallelism}' here, needed '${parallelism}'`);
  }
  return engine.stylize(await pictureOf(picture), { ...stylize, style: await styleOnce(engine, style) });
}

const styles = new WeakMap();
/** The same style for every picture: models are read once. */
function styleOnce(engine, style) {
  if (!styles.has(engine)) styles.set(engine, new Map());
  const known = styles.get(engine);
  const key = JSON.stringify(style);
  if (!known.has(key)) known.set(key, styleOf(engine, style));
  return known.get(key);
}

async function scaled({ data, width, height }, toWidth, toHeight) {
  const bitmap = await createImageBitmap(new ImageData(data, width, height), { resizeWidth: toWidth, resizeHeight: toHeight, resizeQuality: 'high' });
  const context = new OffscreenCanvas(toWidth, toHeight).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, toWidth, toHeight);
}

window.fidelity = {
  psnr: (a, b, picture) => attempt(async () => psnr((await paint(a, picture)).data, (await paint(b, picture)).data)),

  differingBytes: (a, b, picture) => attempt(async () => differingBytes((await paint(a, picture)).data, (await paint(b, picture)).data)),

  /**
   * The painting against native floats at `url`. Bytes are too coarse to compare floats with, so the output's range is taken in
   * pieces, each stretched over all bytes: `range` / `pieces` / 255 is the finest difference seen.
   */
  float: ({ recipe, picture, url, range: [low, high], pieces }) =>
    attempt(async () => {
      const floats = new Float32Array(await (await fetch(url)).arrayBuffer());
      const { channelOrder } = recipe.style.options;
      let largest = 0;
      for (let piece = 0; piece < pieces; ++piece) {
        const [from, to] = [piece, piece + 1].map((edge) => low + ((high - low) * edge) / pieces);
        const options = { ...recipe.style.options, outputRange: [from, to] };
        const { data } = await paint({ ...recipe, style: { ...recipe.style, options } }, picture);
        largest = Math.max(largest, largestDifference(data, floats, { low: from, high: to, channelOrder }));
      }
      return (largest / (high - low)) * 255;
    }),

  /** A painting at 1 MP, made smaller, against the painting of the smaller photo with strokes of the same size in the picture. */
  scales: (recipe, picture) =>
    attempt(async () => {
      const large = await paint(recipe, { ...picture, maxPixels: 2 ** 20 });
      const small = { ...picture, maxPixels: 2 ** 18 };
      const painting = await paint({ ...recipe, stylize: { ...recipe.stylize, brush: 2 } }, small);
      const reduced = await scaled(large, painting.width, painting.height);
      return ssim(reduced.data, painting.data, painting.width, painting.height);
    }),
};
