import { BrushworkError, invalidArgument, messageOf } from './errors.js';
import type { EngineClient } from './engine/client.js';
import type { Painting, Stage } from './types.js';

const DEFAULT_JPEG_QUALITY = 0.92;

export class EnginePainting implements Painting {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly timings: Record<Stage, number>;
  readonly #engine: EngineClient;

  constructor(
    engine: EngineClient,
    painted: { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> },
    timings: Record<Stage, number>,
  ) {
    this.#engine = engine;
    this.width = painted.width;
    this.height = painted.height;
    this.data = painted.data;
    this.timings = timings;
  }

  toImageData(): ImageData {
    if (typeof ImageData !== 'function') {
      throw new BrushworkError('unsupported-environment', 'there is no ImageData here; use `data`, `width` and `height`');
    }
    return new ImageData(this.data, this.width, this.height);
  }

  async toImageBitmap(): Promise<ImageBitmap> {
    if (typeof createImageBitmap !== 'function') {
      throw new BrushworkError('unsupported-environment', 'there is no createImageBitmap here; use `data`, `width` and `height`');
    }
    return createImageBitmap(this.toImageData());
  }

  async toBlob(type = 'image/png', quality?: number): Promise<Blob> {
    if (quality !== undefined && !(typeof quality === 'number' && quality >= 0 && quality <= 1)) {
      throw invalidArgument('quality', quality, 'a number from 0 to 1');
    }
    if (type === 'image/webp') return this.#toBlobByCanvas(type, quality);
    if (type !== 'image/png' && type !== 'image/jpeg') {
      throw invalidArgument('type', type, "'image/png', 'image/jpeg' or 'image/webp'");
    }
    const began = performance.now();
    const bytes = await this.#engine.encode({
      format: type === 'image/png' ? 'png' : 'jpeg',
      pixels: this.data,
      width: this.width,
      height: this.height,
      quality: Math.max(1, Math.round((quality ?? DEFAULT_JPEG_QUALITY) * 100)),
    });
    this.timings.encode = performance.now() - began;
    return new Blob([bytes], { type });
  }

  async #toBlobByCanvas(type: string, quality: number | undefined): Promise<Blob> {
    const needed = `${type} is written by the browser's canvas, and this one`;
    if (typeof OffscreenCanvas !== 'function') throw new BrushworkError('unsupported-environment', `${needed} has none outside of pages`);
    const canvas = new OffscreenCanvas(this.width, this.height);
    let blob: Blob;
    try {
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no 2d context');
      context.putImageData(this.toImageData(), 0, 0);
      blob = await canvas.convertToBlob(quality === undefined ? { type } : { type, quality });
    } catch (error) {
      throw new BrushworkError('image-too-large', `${needed} refused ${this.width}×${this.height}: ${messageOf(error)}`, { cause: error });
    }
    if (blob.type !== type) throw new BrushworkError('unsupported-environment', `${needed} cannot; use 'image/png' or 'image/jpeg'`);
    return blob;
  }
}
