/** Paints a photo at the size asked for, or at the largest that fits. */
import { type Brushwork, BrushworkError, type ImageInput, type Painting, type StylizeOptions } from 'brushwork';
import { megapixels } from './texts.js';

const SMALLEST_PIXELS = 100_000;
/** What a picture that the engine refuses to decode is scaled to, by the browser. */
const RESCUE_PIXELS = 16_000_000;

export interface Painted {
  painting: Painting;
  /** Why the painting is smaller than asked for, if it is. */
  note: string;
}

export async function paintToFit(
  engine: Brushwork, photo: ImageInput, options: StylizeOptions & { maxPixels: number },
): Promise<Painted> {
  let image = photo;
  let { maxPixels } = options;
  let reason = '';
  for (;;) {
    try {
      const painting = await engine.stylize(image, { ...options, maxPixels });
      const note = reason && `${reason} Painted at ${megapixels(painting.width, painting.height)} instead.`;
      return { painting, note };
    } catch (error) {
      if (!(error instanceof BrushworkError)) throw error;
      if (error.code === 'image-too-large' && image === photo && photo instanceof Blob) {
        const smaller = await shrink(photo);
        if (!smaller) throw error;
        image = smaller;
        reason = 'The photo is too large to be read whole.';
      } else if (error.code === 'out-of-memory' && maxPixels > SMALLEST_PIXELS) {
        const pixels = Math.min(maxPixels, await pixelsOf(image));
        if (pixels <= SMALLEST_PIXELS) throw error;
        maxPixels = pixels / 2;
        reason = `This size does not fit into the memory that the browser gives.`;
      } else {
        throw error;
      }
    }
  }
}

/** A copy that the engine takes, or undefined if the browser can't read the photo either. */
async function shrink(photo: Blob): Promise<ImageBitmap | undefined> {
  try {
    const whole = await createImageBitmap(photo);
    const scale = Math.sqrt(RESCUE_PIXELS / (whole.width * whole.height));
    const side = (length: number): number => Math.max(1, Math.min(65535, Math.round(length * Math.min(1, scale))));
    const small = await createImageBitmap(whole, {
      resizeWidth: side(whole.width),
      resizeHeight: side(whole.height),
      resizeQuality: 'high',
    });
    whole.close();
    return small;
  } catch {
    return undefined;
  }
}

async function pixelsOf(image: ImageInput): Promise<number> {
  if (!(image instanceof Blob)) return 'width' in image ? (image.width as number) * (image.height as number) : Infinity;
  try {
    const bitmap = await createImageBitmap(image);
    const pixels = bitmap.width * bitmap.height;
    bitmap.close();
    return pixels;
  } catch {
    return 100_000_000; // the most that the engine takes
  }
}
