/** Files and pixels become photos on the easel. */
import type { ImageInput } from 'brushwork';
import { BrushworkError } from 'brushwork';
import { engine } from '../app/engine.js';
import { changePhoto } from '../app/history.js';
import { mayLeave } from '../app/leaving.js';
import { type Photo, mode, problem, report, videoFile } from '../app/state.js';
import { askForModel } from '../panel/own-model.js';

/** What the screen needs at most; larger photos are shown by a copy. */
const MOST_ON_SCREEN = 16_000_000;
/** No side of a canvas may be longer everywhere. */
const LONGEST_SIDE = 16_384;

let count = 0;
/** So that of two files opened in a row, the last one stays. */
let latest = 0;

/** Takes over `picture`. `input` is what the engine reads; by default the picture itself. */
export function photoFrom(picture: ImageBitmap | OffscreenCanvas, name: string, input: ImageInput = picture): Photo {
  const { width, height } = picture;
  return { id: ++count, name: name.replace(/\.[^.]*$/, '') || 'photo', input, width, height, picture };
}

async function forScreen(bitmap: ImageBitmap): Promise<ImageBitmap> {
  const { width, height } = bitmap;
  const scale = Math.min(1, Math.sqrt(MOST_ON_SCREEN / (width * height)), LONGEST_SIDE / Math.max(width, height));
  if (scale === 1) return bitmap;
  const [resizeWidth, resizeHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const small = await createImageBitmap(bitmap, { resizeWidth, resizeHeight, resizeQuality: 'high' });
  bitmap.close();
  return small;
}

/** A picture that the browser can't read, as the engine reads it; rejects with what the engine says is wrong with it. */
async function readByEngine(input: Blob): Promise<ImageBitmap> {
  try {
    const ready = await engine;
    const [first] = ready.styles();
    const unpainted = await ready.stylize(input, { style: first?.id ?? '', strength: 0, maxPixels: MOST_ON_SCREEN });
    return await unpainted.toImageBitmap();
  } catch (error) {
    if (error instanceof BrushworkError && (error.code === 'image-too-large' || error.code === 'unsupported-image')) throw error;
    throw new BrushworkError('unsupported-image', `got ${input.size} bytes that are no picture, or a damaged one`);
  }
}

async function readPhoto(input: Blob | ImageBitmap, name: string): Promise<Photo> {
  if (!(input instanceof Blob)) return photoFrom(input, name);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(input); // with the orientation that EXIF tells
  } catch {
    return photoFrom(await readByEngine(input), name);
  }
  const { width, height } = bitmap;
  return { ...photoFrom(await forScreen(bitmap), name, input), width, height };
}

/** Puts a photo on the easel, whatever else is going on; what is there stays if it can't be read. */
export async function openPhoto(input: Blob | ImageBitmap, name: string): Promise<void> {
  const turn = ++latest;
  problem.value = undefined;
  try {
    const photo = await readPhoto(input, name);
    if (turn !== latest) return;
    mode.value = 'photo';
    changePhoto(photo);
  } catch (error) {
    if (turn === latest) report(error, input instanceof Blob ? name : undefined);
  }
}

/** A file of whatever kind: a photo, a video, or a model. */
export function openFile(file: File): void {
  if (!mayLeave()) return;
  if (/\.onnx$/i.test(file.name)) {
    mode.value = 'photo';
    askForModel(file);
  } else if (file.type.startsWith('video/') || /\.(mp4|m4v|mov|webm|mkv|avi)$/i.test(file.name)) {
    videoFile.value = file;
    mode.value = 'video';
  } else {
    void openPhoto(file, file.name);
  }
}
