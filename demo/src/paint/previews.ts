/** How each style would paint the photo: thumbnails, painted whenever nothing else is. */
import { effect, signal } from '@preact/signals';
import { engine } from '../app/engine.js';
import { choices } from '../app/looks.js';
import { type Choice, type Photo, mode, photo } from '../app/state.js';
import { until } from '../app/until.js';
import { job } from './painter.js';

const LONG_SIDE = 288;

/** By the style's id. Those of an earlier photo stay until there are new ones. */
export const previews = signal<ReadonlyMap<string, { image: ImageData; photo: Photo }>>(new Map());

let round = 0;

async function thumbnail({ picture }: Photo): Promise<ImageBitmap> {
  const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const [resizeWidth, resizeHeight] = [picture.width, picture.height].map((side) => Math.max(16, Math.round(side * scale))) as [number, number];
  return createImageBitmap(picture, { resizeWidth, resizeHeight, resizeQuality: 'high' });
}

async function paintPreview(choice: Choice, of: Photo, small: ImageBitmap): Promise<void> {
  const ready = await engine;
  const painting = await ready.stylize(small, { style: choice.style });
  previews.value = new Map(previews.peek()).set(choice.id, { image: painting.toImageData(), photo: of });
}

/** Until nothing else is painted; a camera paints all the time. */
const quiet = (): Promise<void> => until(() => job.value.state !== 'busy' && mode.value !== 'camera');

async function paintAll(of: Photo, missing: Choice[], mine: number): Promise<void> {
  // Let the painting itself begin first.
  await new Promise((begun) => setTimeout(begun, 60));
  if (mine !== round) return;
  const small = await thumbnail(of);
  for (const choice of missing) {
    await quiet();
    if (mine !== round) break;
    // A style that can't paint this says so when it is chosen.
    await paintPreview(choice, of, small).catch(() => undefined);
  }
  small.close();
}

export function startPreviews(): void {
  effect(() => {
    const of = photo.value;
    const all = choices.value;
    if (!of) return;
    const missing = all.filter(({ id }) => previews.peek().get(id)?.photo !== of);
    if (missing.length > 0) void paintAll(of, missing, ++round);
  });
}
