/** Paints a photo at the size asked for, or at the largest that fits. */
import { type Brushwork, BrushworkError, type ImageInput, type Painting, type StylizeOptions } from 'brushwork';
import type { Photo } from '../app/state.js';
import { reduced } from './reduced.js';

const SMALLEST_PIXELS = 100_000;

/** Why a painting is smaller than asked for. */
export type Shortfall = 'too-large' | 'out-of-memory';

export interface Fitted {
  painting: Painting;
  shortfall: Shortfall | undefined;
}

/** Photos that the engine can't read itself, so that it is asked once only. */
const onlyTheBrowserReads = new WeakMap<Photo, Shortfall | undefined>();

export async function paintToFit(engine: Brushwork, photo: Photo, options: StylizeOptions & { maxPixels: number }): Promise<Fitted> {
  let { maxPixels } = options;
  let shortfall: Shortfall | undefined;
  for (;;) {
    const rescued = onlyTheBrowserReads.has(photo);
    const image: ImageInput = (await reduced(photo, maxPixels)) ?? (rescued ? photo.picture : photo.input);
    try {
      const painting = await engine.stylize(image, { ...options, maxPixels });
      return { painting, shortfall: shortfall ?? (rescued ? onlyTheBrowserReads.get(photo) : undefined) };
    } catch (error) {
      if (!(error instanceof BrushworkError)) throw error;
      const unread = error.code === 'image-too-large' || error.code === 'unsupported-image';
      if (unread && !rescued && image === photo.input && image !== photo.picture) {
        onlyTheBrowserReads.set(photo, error.code === 'image-too-large' ? 'too-large' : undefined);
      } else if (error.code === 'out-of-memory' && maxPixels > SMALLEST_PIXELS) {
        const pixels = Math.min(maxPixels, photo.width * photo.height);
        if (pixels <= SMALLEST_PIXELS) throw error;
        maxPixels = pixels / 2;
        shortfall = 'out-of-memory';
      } else {
        throw error;
      }
    }
  }
}
