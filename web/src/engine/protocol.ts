/** What the page, the engine's host and its helpers say to each other. Values only: all of it can be sent to a worker and back. */
import type { ErrorCode } from '../errors.js';
import type { StageProgress } from '../progress.js';
import type { OpenThreads } from './threads.js';

export interface Failure {
  code: ErrorCode;
  message: string;
}

export type Outcome<T> = { value: T } | Failure;

/** Sent along with every reply, so that asking for it needs no round trip. Sums over the host and its helpers. */
export interface EngineNumbers {
  current: number;
  peak: number;
  /** C++ objects that have a handle in JavaScript. */
  objects: number;
  /** Helpers that have stopped working so far. */
  lost: number;
}

export interface Reply<T> {
  outcome: Outcome<T>;
  numbers: EngineNumbers;
}

/** The files are brushwork-<variant>.mjs and .wasm. */
export interface StartRequest extends ProgramFiles {
  /** Of each module. */
  threads: number;
  threaded: boolean;
  /** Height of the bands in which pictures are painted; 0: so that they stay in the cache. */
  bandRows: number;
  /** Measure each step of a painting, for `profile`. */
  profile: boolean;
  /** Keep the .wasm file in Cache Storage. */
  cache: boolean;
}

export interface ColorRange {
  low: number;
  high: number;
  bgr: boolean;
}

export interface GeneratorOptions {
  input: ColorRange;
  output: ColorRange;
  precision: 'auto' | 'float' | 'int8';
}

/** A model's file and how to read it. */
export interface ModelFile {
  onnx: Uint8Array<ArrayBuffer>;
  options: GeneratorOptions;
}

/** A picture as the engine takes it. `owned`: the bytes are ours and may be transferred. */
export type RawImage =
  | { kind: 'encoded'; bytes: Uint8Array; owned: boolean }
  | { kind: 'pixels'; bytes: Uint8Array | Uint8ClampedArray; width: number; height: number; owned: boolean };

/** A style vector as IEEE half floats, little-endian, and how much of it to take. */
export interface Ingredient {
  vector: Uint8Array<ArrayBuffer>;
  weight: number;
}

/** What `load` tells of a generator. */
export interface LoadedModel {
  /** Its name in what follows. */
  generator: number;
  /** Values of its style vectors; 0 if it has no choice of styles. */
  styleSize: number;
}

export interface PaintSettings {
  strength: number;
  /** 0 to 1: how much of the photo's colours to keep. */
  preserveColor: number;
  /** Infinity or 0: no limit. */
  maxPixels: number;
  /** The scale of its own size at which the picture is painted. */
  brush: number;
  statistics: 'auto' | 'exact' | 'thumbnail';
}

/** What the frames of a video hand on. */
export interface CarriedStatistics {
  statistics: PackedStatistics;
  /** Frames painted with them since they were measured. */
  age: number;
}

/** For frames of a video: statistics are blended with those of the frame before, and so is the painting. */
export interface Carry {
  /** Names the video. */
  stream: number;
  /** What blends paintings: brushwork-video. */
  program: ProgramFiles;
  /** Undefined for the first frame. */
  previous: CarriedStatistics | undefined;
  /** 0: only this frame's own. 1: only the previous ones. */
  steadiness: number;
}

export interface PaintRequest extends PaintSettings {
  image: RawImage;
  /** Of any size. */
  mask: RawImage | undefined;
  /** As returned by `load`. */
  generator: number;
  /** The style's vectors, to be blended. None: the generator's own style. */
  ingredients: readonly Ingredient[];
  /** As returned by `loadEncoder`: weakens the style. Undefined: a weak style is the painting blended over the photo. */
  encoder: number | undefined;
  carry: Carry | undefined;
  /** Pixels of a tile for the GPU, at most; undefined if it is not to paint. */
  tilePixels: number | undefined;
}

export interface RawPainting {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
  timings: { decode: number; measure: number; paint: number };
  /** To be carried to the next frame, if asked for and if there are any apart from the painting. */
  statistics: CarriedStatistics | undefined;
  /** Why the GPU, which was to paint, is not to be used any more. */
  gpuFailure: string | undefined;
}

/** Rows of a picture as an external engine takes them: [1, 3, height, width], in the model's own range. */
export interface Tile {
  data: Float32Array<ArrayBuffer>;
  height: number;
  width: number;
}

/** Paints a tile on the GPU: [1, 3, height', width']. `coefficients`: of the normalizations. Rejects if the GPU fails. */
export type PaintTile = (tile: Tile, coefficients: Float32Array<ArrayBuffer>) => Promise<Float32Array<ArrayBuffer>>;

/** Rows of a painting that is not done: `data` is theirs alone, `height` the whole painting's. */
export interface FreshRows {
  width: number;
  height: number;
  top: number;
  data: Uint8Array<ArrayBuffer>;
}

export type OnRows = (rows: FreshRows) => void;

/** Absolute URLs of a WebAssembly program. */
export interface ProgramFiles {
  glue: string;
  wasm: string;
  /** Of the .wasm file. */
  sha256: string;
}

/** A generator as a float model for another engine. */
export interface ExportedGraph {
  onnx: Uint8Array<ArrayBuffer>;
  /** Values of its input `coefficients`. */
  coefficients: number;
  /** Of its largest activation, for each pixel of a tile. */
  bytesPerPixel: number;
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
  /** `openThreads`: for threaded modules; it may be called again, after a crash. */
  start(call: number, request: StartRequest, onProgress: StageProgress, openThreads?: OpenThreads): Promise<Reply<{ compile: number }>>;
  /** Reads a model and warms it up. `generator` is its name from then on, and never another's. */
  load(call: number, generator: number, onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions): Promise<Reply<LoadedModel>>;
  /** Reads a style encoder. `encoder` is its name from then on, and the value. */
  loadEncoder(call: number, encoder: number, onnx: Uint8Array<ArrayBuffer>): Promise<Reply<number>>;
  /** A picture's style vector, as in Ingredient. */
  extractStyle(call: number, encoder: number, image: RawImage, onProgress: StageProgress): Promise<Reply<Uint8Array<ArrayBuffer>>>;
  /** `paintTile`, if there is a GPU, and `onRows`, if anybody watches, are only called while the call is served. */
  paint(
    call: number, request: PaintRequest, onProgress: StageProgress, paintTile?: PaintTile, onRows?: OnRows,
  ): Promise<Reply<RawPainting>>;
  /** A loaded generator for ONNX Runtime Web. From then on `paint` can paint it by `paintTile`. */
  exportGraph(call: number, generator: number, program: ProgramFiles): Promise<Reply<ExportedGraph>>;
  /** No further frame of this video (Carry.stream) comes: frees what is kept of it. */
  endStream(call: number, stream: number): Promise<Reply<true>>;
  encode(call: number, request: EncodeRequest): Promise<Reply<Uint8Array<ArrayBuffer>>>;
  /** JSON: what each step of the host's last painting took. */
  profile(call: number): Promise<Reply<string>>;
  cancel(call: number): void;
  /** From now on these helpers, and only these. */
  connect(ports: MessagePort[]): void;
  /** Frees all handles. Nothing may be called after it. */
  close(): void;
}

/** Rows of a picture, from `begin` up to and without `end`. */
export interface Rows {
  begin: number;
  end: number;
}

/** Normalization statistics of a whole network: of each normalization how many channels, and all values in order. */
export interface PackedStatistics {
  channels: Uint32Array<ArrayBuffer>;
  values: Float32Array<ArrayBuffer>;
}

/** Where in a picture a segment lies. */
export interface SegmentPlace {
  /** Of the picture, that the segment's pixels begin with. */
  firstRow: number;
  /** Of the whole picture. */
  height: number;
  /** To be painted. */
  rows: Rows;
}

/** Rows to be painted by a helper. */
export interface SegmentRequest extends SegmentPlace {
  generator: number;
  /** The photo's rows that it takes, in full width. */
  pixels: Uint8Array<ArrayBuffer>;
  width: number;
  /** The share of the painting, blended over the photo. */
  strength: number;
  preserveColor: number;
  style: Float32Array<ArrayBuffer> | undefined;
  statistics: PackedStatistics;
  /** Whether rows are to be told of as they are painted. */
  watched: boolean;
}

/** How far somebody is with a segment, from 0 to 1, and which of the segment's rows are new. */
export type SegmentProgress = (fraction: number, fresh?: FreshRows) => void;
/** The same of a helper's task. */
export type TaskProgress = (task: number, ...progress: Parameters<SegmentProgress>) => void;

/** An engine in another worker that paints segments for the host. Serves one call at a time, in order. */
export interface HelperApi {
  /** `compiled` saves the helper the download and the compilation. The value is the helper's lifeline, if it has one. */
  start(request: StartRequest, compiled: WebAssembly.Module, onProgress: TaskProgress): Promise<Reply<string | undefined>>;
  /** `generator` is the host's number. */
  load(generator: number, model: ModelFile): Promise<Reply<true>>;
  /** The painting's rows. */
  paint(task: number, request: SegmentRequest): Promise<Reply<Uint8Array<ArrayBuffer>>>;
  cancel(task: number): void;
}

/** What the script of a worker can be: a host, or, once told so, a helper or a thread at the other end of the port. */
export interface WorkerApi extends EngineApi {
  /** Its name, by which others notice that this worker has ended: lifeline.ts. Undefined where there is none. */
  takeLifeline(): Promise<string | undefined>;
  help(port: MessagePort): void;
  /** Of the module whose glue this is. */
  runThread(port: MessagePort, glue: string): Promise<void>;
}
