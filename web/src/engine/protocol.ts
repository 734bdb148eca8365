/** What the page and the engine's host say to each other. Values only: everything here can be sent to a worker and back. */
import type { ErrorCode } from '../errors.js';
import type { StageProgress } from '../progress.js';

export interface Failure {
  code: ErrorCode;
  message: string;
}

export type Outcome<T> = { value: T } | Failure;

/** Sent along with every reply, so that asking for it needs no round trip. */
export interface EngineNumbers {
  current: number;
  peak: number;
  /** C++ objects that have a handle in JavaScript. */
  objects: number;
}

export interface Reply<T> {
  outcome: Outcome<T>;
  numbers: EngineNumbers;
}

export interface StartRequest {
  /** Absolute URLs of brushwork-<variant>.mjs and .wasm. */
  glue: string;
  wasm: string;
  threads: number;
  threaded: boolean;
}

export interface ColorRange {
  low: number;
  high: number;
  bgr: boolean;
}

export interface GeneratorOptions {
  input: ColorRange;
  output: ColorRange;
  float: boolean;
}

/** A picture as the engine takes it. `owned`: the bytes are ours and may be transferred. */
export type RawImage =
  | { kind: 'encoded'; bytes: Uint8Array; owned: boolean }
  | { kind: 'pixels'; bytes: Uint8Array | Uint8ClampedArray; width: number; height: number; owned: boolean };

export interface PaintRequest {
  image: RawImage;
  /** As returned by `load`. */
  generator: number;
  strength: number;
  maxPixels: number;
}

export interface RawPainting {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
  timings: { decode: number; measure: number; paint: number };
}

export interface EncodeRequest {
  format: 'png' | 'jpeg';
  pixels: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
  /** 1 to 100, for JPEG. */
  quality: number;
}

/**
 * The engine's host, in a worker or beside the page. `call` numbers a call so that `cancel` can name it; a cancelled call is answered
 * with 'aborted' as soon as the running step is over.
 */
export interface EngineApi {
  start(call: number, request: StartRequest, onProgress: StageProgress): Promise<Reply<{ compile: number }>>;
  /** Reads a model and warms it up. The value names the generator. */
  load(call: number, onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions): Promise<Reply<number>>;
  paint(call: number, request: PaintRequest, onProgress: StageProgress): Promise<Reply<RawPainting>>;
  encode(call: number, request: EncodeRequest): Promise<Reply<Uint8Array<ArrayBuffer>>>;
  cancel(call: number): void;
  /** Frees all handles. Nothing may be called after it. */
  close(): void;
}
