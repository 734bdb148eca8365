/** Copies of large photos at the size that is painted, so that a slider's move does not read the whole file again. */
import type { Photo } from '../app/state.js';

/** Below that the engine's own scaling costs little. */
const WORTH = 1.5;

let kept: { photo: Photo; maxPixels: number; pixels: ImageData } | undefined;

/** The photo scaled to `maxPixels`; undefined if it is hardly larger, or can't be scaled. The last copy is kept. */
export async function reduced(photo: Photo, maxPixels: number): Promise<ImageData | undefined> {
  const { width, height, picture } = photo;
  if (width * height < WORTH * maxPixels) return undefined;
  if (kept?.photo === photo && kept.maxPixels === maxPixels) return kept.pixels;
  const scale = Math.sqrt(maxPixels / (width * height));
  const [w, h] = [Math.max(1, Math.floor(width * scale)), Math.max(1, Math.floor(height * scale))];
  const bitmap = await createImageBitmap(picture, { resizeWidth: w, resizeHeight: h, resizeQuality: 'high' });
  const context = new OffscreenCanvas(w, h).getContext('2d', { willReadFrequently: true });
  if (!context) return undefined;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  kept = { photo, maxPixels, pixels: context.getImageData(0, 0, w, h) };
  return kept.pixels;
}
