/** For painters that know nothing but the picture: another brush, masks and kept colours are done before and after them. */
import type { Painted, PaintWork } from './jobs.js';
import type { PhotoHandle, Pixmap } from './module.js';
import { unwrap } from './replies.js';

type Pixels = Omit<Painted, 'timings'>;

/** Of a picture: its painting, of the same size. */
export type PlainPainter = (picture: PhotoHandle) => Promise<Pixmap>;

/**
 * Lets `paint` paint the photo, or a copy at the brush's scale, and composes the two. `composes`: it blends by strength and colour by
 * itself, as far as it paints the photo itself. The photo is not used up.
 */
export async function plainly(work: PaintWork, photo: PhotoHandle, composes: boolean, paint: PlainPainter): Promise<Pixels> {
  const { settings: { brush, strength, preserveColor, mask }, runtime } = work;
  const copy = brush === 1 ? undefined : unwrap(photo.copyForBrush(brush));
  try {
    const painting = await paint(copy ?? photo);
    work.check();
    if (composes && !copy && !mask) return pixelsOf(painting);
    return pixelsOf(unwrap(photo.finish(painting.data, painting.width, painting.height, { strength, preserveColor, mask })));
  } finally {
    if (copy) runtime.release(copy);
  }
}

export function pixelsOf({ width, height, data }: Pixmap): Pixels {
  return { width, height, data: new Uint8ClampedArray(data.buffer) };
}
