/** Anything that shows a picture. Encoded bytes (JPEG, PNG, BMP, GIF's first frame) are sniffed by content, not by name. */
export type ImageInput =
  | Blob
  | ArrayBuffer
  | Uint8Array // encoded bytes; EXIF orientation is applied
  | ImageData
  | PixelsInput
  | ImageBitmap
  | VideoFrame
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement;

/** RGBA8 pixels with straight alpha, row by row: `data.length` is `width * height * 4`. */
export interface PixelsInput {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

/** What a call is doing. */
export type Stage = 'download' | 'compile' | 'decode' | 'measure' | 'paint' | 'encode';

/** `done` and `total` in the stage's own unit (bytes or rows); `fraction` of the whole call, never decreasing, 1 at the end. */
export interface Progress {
  stage: Stage;
  done: number;
  total: number;
  fraction: number;
}

/** What every call that takes time accepts. */
export interface Call {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** How to start an engine. */
export interface CreateOptions extends Call {
  /** 'auto' takes WebGPU only if its canary painting matches the CPU's and is faster. Default 'auto'. */
  backend?: 'auto' | 'wasm' | 'webgpu' | undefined;
  /**
   * ONNX Runtime Web for the WebGPU path: a function that imports it, or the URL of its `ort.webgpu.bundle.min.mjs` for pages without a
   * bundler. Only asked for where there is a GPU. Default: the optional peer dependency `onnxruntime-web`.
   */
  onnxRuntime?: string | URL | (() => Promise<unknown>) | undefined;
  /** Which WebAssembly build to run, for comparisons. Default 'auto': the fastest that this engine runs. */
  variant?: 'auto' | 'simd' | 'relaxed-simd' | undefined;
  /**
   * Threads of the CPU path. Default: the machine's cores, at most 8. With cross-origin isolation they share one memory, and end with
   * `dispose`. Without, they are a pool of plain workers, which end after 30 seconds without work, and come back when there is some.
   */
  threads?: number | undefined;
  /** Where the .wasm files and built-in models lie. Default: beside this module, resolved with `new URL(…, import.meta.url)`. */
  assets?: string | URL | undefined;
  /** Keep downloads in Cache Storage, so that a second visit works offline. Default true where there is one. */
  cache?: boolean | undefined;
  /** Where the engine runs. 'worker' (default in browsers) never blocks the page; 'inline' runs in the calling thread. */
  host?: 'worker' | 'inline' | undefined;
  /** Height of the bands in which pictures are painted, for benchmarks. Any height gives the same painting. @internal */
  bandRows?: number | undefined;
  /** Measure each step of a painting, for benchmarks. @internal */
  profile?: boolean | undefined;
}

/** What was chosen, and why everything else was not: one line of `reasons` for each path tried. */
export interface BackendInfo {
  kind: 'wasm' | 'webgpu';
  /** Of the CPU path, which WebGPU has beside it: it decodes, measures, and paints what the GPU can't. */
  variant: 'simd' | 'relaxed-simd';
  /** At most so many cores paint at once. */
  threads: number;
  /** 'threads' share memory; 'workers' each paint some rows of a picture, as far as its statistics are not 'exact'. */
  parallelism: 'threads' | 'workers' | 'none';
  /** The GPU, as the browser describes it. */
  adapter?: string;
  reasons: string[];
}

/** A built-in style, for a list to choose from. */
export interface StyleInfo {
  id: string;
  title: string;
  artist?: string;
  source: string;
  licence: string;
  /** The URL of a picture painted in this style. */
  preview: string;
}

/** A style: small, immutable, valid for the life of the engine that made it. `toJSON` takes it to others: `Brushwork.styleFromJSON`. */
export interface Style {
  readonly id: string;
  readonly title: string;
  /** Plain values of a few kilobytes: which model, and the numbers that make it paint in this style. */
  toJSON(): unknown;
}

/** What a model's file does not say. */
export interface ModelOptions extends Call {
  /** What to call the style. Default 'Untitled'. */
  title?: string | undefined;
  /** What the model reads for black and white. Default [0, 1]. */
  inputRange?: [number, number] | undefined;
  /** What it writes for them. Default as inputRange. */
  outputRange?: [number, number] | undefined;
  /** Default 'rgb'. */
  channelOrder?: 'rgb' | 'bgr' | undefined;
  /** 'auto' computes in int8 where that loses little, 'float' leaves a model's quantizers out. Default 'auto'. */
  precision?: 'auto' | 'float' | 'int8' | undefined;
}

/**
 * Rows of a painting that is still being made, at the scale at which it is painted: that of the picture, of `brush` times the picture, or
 * of a model that has one size.
 */
export interface PaintedRows {
  /** Where the first of them lies in the whole painting. */
  top: number;
  /** How many there are. */
  height: number;
  width: number;
  /** Of the whole painting. */
  paintingHeight: number;
  /** RGBA8, a copy: `data.length` is `width * height * 4`. */
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** How to paint. */
export interface StylizeOptions extends Call {
  /** A style of this engine, or the id of a built-in one. */
  style: Style | string;
  /**
   * 0 = the photo itself, 1 = the full style. In between the style is weaker: interpolated normalization coefficients where the generator
   * is conditional, as the built-in ones are, else the painting blended over the photo. Default 1.
   */
  strength?: number | undefined;
  /** Keep the photo's hues, take only the brushwork: true, or an amount from 0 to 1. Default false. */
  preserveColor?: boolean | number | undefined;
  /** Paint only where the mask is bright (its luma, or its alpha if it has any); soft edges blend. Scaled to the picture. */
  mask?: ImageInput | undefined;
  /** Paint at most this many pixels, scaling the picture down first. Default: no scaling, up to 100 megapixels. */
  maxPixels?: number | undefined;
  /**
   * Size of the brush: the picture is painted at this scale of its own size and brought back, so 0.5 makes strokes twice as large for a
   * quarter of the work. From 1/16 to 4. Default 1.
   */
  brush?: number | undefined;
  /**
   * Where normalization statistics come from: a thumbnail (any size, constant memory) or the whole picture, exactly. Default 'auto': as
   * the generator was trained; exact for third-party ones while the picture fits in memory.
   */
  statistics?: 'auto' | 'exact' | 'thumbnail' | undefined;
  /**
   * Gets rows as they are painted, to be shown until the painting is there: some thirty times a second, from several places at once where
   * workers paint, the last ones perhaps not at all, and none once the call has settled. They are as in the painting, except that with
   * `brush`, on GPUs, for models of one size and, where workers paint, with `mask` they are not composed yet: style in full strength and its
   * own colours, everywhere.
   */
  onRows?: ((rows: PaintedRows) => void) | undefined;
}

/** A finished painting. */
export interface Painting {
  readonly width: number;
  readonly height: number;
  /** RGBA8, straight alpha, row by row; the photo's own alpha is kept. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  /** Milliseconds each stage took; 0 for those that this painting did not need. */
  readonly timings: Record<Stage, number>;
  toImageData(): ImageData;
  toImageBitmap(): Promise<ImageBitmap>;
  /** 'image/png' (default), 'image/jpeg', 'image/webp'. Works without a canvas for PNG and JPEG. `quality` is 0 to 1. */
  toBlob(type?: string, quality?: number): Promise<Blob>;
}

/** How to paint a stream of frames. */
export interface VideoOptions extends Omit<StylizeOptions, 'mask' | 'onProgress' | 'onRows'> {
  /** 0 = every frame on its own, 1 = steadiest. Statistics are carried from frame to frame. Default 0.9. */
  steadiness?: number | undefined;
  /** When frames come faster than they are painted: drop the late ones (live), or paint them all (files). Default 'live'. */
  pacing?: 'live' | 'every-frame' | undefined;
}
