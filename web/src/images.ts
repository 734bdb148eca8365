/** Every kind of ImageInput as encoded bytes or RGBA pixels. Bytes are decoded by the engine, so that they are the same everywhere. */
import { BrushworkError, describe, invalidArgument, messageOf, unreadable } from './errors.js';
import type { RawImage } from './engine/protocol.js';
import { copyFrame } from './frames.js';
import type { ImageInput } from './types.js';

const NEEDED =
  'a picture: encoded bytes (Blob, ArrayBuffer, Uint8Array), pixels (ImageData, or { data, width, height }), ImageBitmap, VideoFrame, ' +
  'OffscreenCanvas, or an img, canvas or video element';

/** Reads the picture now: whatever the caller does with it afterwards changes nothing. */
export async function readImage(image: ImageInput, name = 'image'): Promise<RawImage> {
  try {
    return await read(image, name);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function read(input: unknown, name: string): Promise<RawImage> {
  const bytes = readBytes(input);
  if (bytes) return { kind: 'encoded', bytes: await bytes, owned: true };
  if (isPixels(input)) return readPixels(input, name);
  const copied = isA(input, 'VideoFrame') ? await copyFrame(input as VideoFrame) : undefined;
  if (copied) return copied;
  const drawable = await asDrawable(input, name);
  if (drawable) return draw(drawable, name);
  throw invalidArgument(name, input, NEEDED);
}

/** A copy of a file's bytes, as they are now; undefined if it is something else. */
export function readBytes(file: unknown): Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | undefined {
  if (file instanceof Blob) return file.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  if (file instanceof ArrayBuffer) return new Uint8Array(file.slice(0));
  return file instanceof Uint8Array ? new Uint8Array(file) : undefined;
}

interface PixelsLike {
  data: unknown;
  width: unknown;
  height: unknown;
}

function isPixels(input: unknown): input is PixelsLike {
  return typeof input === 'object' && input !== null && 'data' in input && 'width' in input && 'height' in input;
}

function readPixels({ data, width, height }: PixelsLike, name: string): RawImage {
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw invalidArgument(`${name}.data`, data, 'a Uint8Array or Uint8ClampedArray');
  }
  const sides = { width, height };
  for (const side of ['width', 'height'] as const) {
    const value = sides[side];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw invalidArgument(`${name}.${side}`, value, 'a positive integer');
  }
  const [w, h] = [width as number, height as number];
  if (data.length !== w * h * 4) {
    throw new BrushworkError('invalid-argument', `${name}.data: got ${data.length} bytes, needed ${w * h * 4}: RGBA for ${w}×${h} pixels`);
  }
  return { kind: 'pixels', bytes: data.slice(), width: w, height: h, owned: true };
}

interface Drawable {
  source: CanvasImageSource;
  width: number;
  height: number;
}

/** `instanceof`, where the class may not exist. */
function isA<K extends string>(input: unknown, className: K): boolean {
  const type = (globalThis as Record<string, unknown>)[className];
  return typeof type === 'function' && input instanceof type;
}

async function asDrawable(input: unknown, name: string): Promise<Drawable | undefined> {
  if (isA(input, 'ImageBitmap') || isA(input, 'OffscreenCanvas') || isA(input, 'HTMLCanvasElement')) {
    const source = input as ImageBitmap | OffscreenCanvas | HTMLCanvasElement;
    return { source, width: source.width, height: source.height };
  }
  if (isA(input, 'VideoFrame')) {
    const source = input as VideoFrame;
    return { source, width: source.displayWidth, height: source.displayHeight };
  }
  if (isA(input, 'HTMLVideoElement')) {
    const source = input as HTMLVideoElement;
    return { source, width: source.videoWidth, height: source.videoHeight };
  }
  if (isA(input, 'HTMLImageElement')) {
    const source = input as HTMLImageElement;
    try {
      await source.decode();
    } catch (error) {
      throw new BrushworkError('unsupported-image', `${name}: the img element shows no picture: ${messageOf(error)}`, { cause: error });
    }
    return { source, width: source.naturalWidth, height: source.naturalHeight };
  }
  return undefined;
}

function draw({ source, width, height }: Drawable, name: string): RawImage {
  if (width < 1 || height < 1) {
    throw new BrushworkError('invalid-argument', `${name}: got ${describe(source)} of ${width}×${height} pixels, needed one that shows a picture`);
  }
  try {
    const { data } = context(width, height, source).getImageData(0, 0, width, height, { colorSpace: 'srgb' });
    return { kind: 'pixels', bytes: data, width, height, owned: true };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'SecurityError') {
      throw new BrushworkError(
        'invalid-argument',
        `${name}: got a picture from another site, whose pixels the browser keeps back; needed one of this site or one sent with CORS headers`,
        { cause: error },
      );
    }
    throw new BrushworkError('image-too-large', `${name}: the browser has no ${width}×${height} canvas: ${messageOf(error)}`, { cause: error });
  }
}

function context(
  width: number, height: number, source: CanvasImageSource,
): OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D {
  const settings = { willReadFrequently: true, colorSpace: 'srgb' } as const;
  const drawn = newCanvas(width, height).getContext('2d', settings) as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null;
  if (!drawn) throw new Error('no 2d context');
  drawn.drawImage(source, 0, 0, width, height);
  return drawn;
}

function newCanvas(width: number, height: number): OffscreenCanvas | HTMLCanvasElement {
  if (typeof OffscreenCanvas === 'function') return new OffscreenCanvas(width, height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
