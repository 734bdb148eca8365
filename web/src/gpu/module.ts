/** The names that wasm/gpu_bindings.cc registers, as TypeScript sees them: brushwork-gpu.mjs. */
import type { Handle } from '../engine/module.js';
import type { GeneratorOptions, Outcome, PackedStatistics, Rows } from '../engine/protocol.js';

/**
 * A picture in tiles of rows. Each is read from the photo, painted by the generator's graph, and written; the painted rows of all tiles, in
 * order, are the painting. Strength, masks and colour are not applied.
 */
export interface TilesHandle extends Handle {
  readonly count: number;
  /** Of every tile's planes, in pixels; of models of one fixed size, of what they read. */
  readonly height: number;
  readonly width: number;
  /** The photo's rows that a tile reads; tiles overlap. */
  photoRows(tile: number): Rows;
  /** The painting's rows that a tile writes. */
  paintedRows(tile: number): Rows;
  /** RGBA pixels of photoRows to planes [1, 3, height, width], in the model's own encoding of colour. */
  read(tile: number, pixels: Uint8Array | Uint8ClampedArray): Outcome<Float32Array<ArrayBuffer>>;
  /**
   * Planes [1, 3, height, width] as the graph made them to RGBA pixels of paintedRows. 'internal' if their number is wrong or one of them is not
   * finite.
   */
  write(tile: number, planes: Float32Array): Outcome<Uint8Array<ArrayBuffer>>;
}

/**
 * A generator for a GPU. Its graph is ONNX in float, opset 17, with the inputs `picture` [1, 3, height, width] and, unless coefficientCount is
 * 0, `coefficients` [1, coefficientCount, 1, 1], and the output `painting` [1, 3, height, width].
 */
export interface GpuGeneratorHandle extends Handle {
  readonly coefficientCount: number;
  /** Of the largest activation, for each pixel of a tile; no buffer of the graph is larger. */
  readonly bytesPerPixel: number;
  /** The graph, once. */
  takeModel(): Outcome<Uint8Array<ArrayBuffer>>;
  /** The normalizations with these statistics, as the engine measures them, in this style; undefined: the generator's own. */
  coefficients(statistics: PackedStatistics, style: Float32Array | undefined): Outcome<Float32Array<ArrayBuffer>>;
  /**
   * Of a picture of this size, at most `maxPixels` pixels of planes a tile. 'invalid-argument' if that is too few for the rows that one row
   * depends on.
   */
  createTiles(width: number, height: number, maxPixels: number): Outcome<TilesHandle>;
}

export interface GpuModule {
  /**
   * `onnx`: a generator as the engine takes it, quantized or not; of the options, its encodings of colour. 'unsupported-model' for what a GPU can't
   * paint in tiles.
   */
  loadGpuGenerator(onnx: Uint8Array, options: GeneratorOptions): Outcome<GpuGeneratorHandle>;
  /** Handles that are not deleted. */
  liveObjects(): number;
}
