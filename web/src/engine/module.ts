/** The names that wasm/bindings.cc registers, as TypeScript sees them. */
import type {
  FreshRows, GeneratorOptions, Outcome, PackedStatistics, PaintSettings, Rows, SegmentPlace, StartRequest,
} from './protocol.js';
import type { ThreadWorker } from './threads.js';

/** A handle to a C++ object. Whoever holds it deletes it. */
export interface Handle {
  delete(): void;
}

export interface PhotoHandle extends Handle {
  readonly width: number;
  readonly height: number;
  /** Scales down to at most this many pixels. */
  scale(maxPixels: number): Outcome<true>;
  /** A copy of the pixels of some rows. */
  rows(rows: Rows): Outcome<Uint8Array<ArrayBuffer>>;
  /** A copy of some rows as a photo of their own. */
  cut(rows: Rows): Outcome<PhotoHandle>;
  /** A copy at this scale. */
  copyForBrush(brush: number): Outcome<PhotoHandle>;
  /** Brings a painting of any size back to the photo's and composes the two. The photo is not used up. */
  finish(painting: Pixels, width: number, height: number, settings: ComposeSettings): Outcome<Pixmap>;
}

/** Which pixels to paint, and how much: made for a picture's size. */
export type MaskHandle = Handle;

export interface ComposeSettings {
  strength: number;
  preserveColor: number;
  mask?: MaskHandle | undefined;
}

export interface Pixmap {
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

/** How to paint: what was asked for, in the engine's own terms. */
export interface PaintOptions extends Omit<PaintSettings, 'statistics'>, StyleOption {
  statistics: PaintSettings['statistics'] | 'given';
  /** With 'given'. */
  given?: PackedStatistics | undefined;
  /** Of the photo's size. */
  mask?: MaskHandle | undefined;
}

export interface GeneratorHandle extends Handle {
  /** The shorter side of the thumbnails that the model was trained to take its statistics from; 0 if it was not. */
  readonly thumbnailSide: number;
  /** Values of its style vectors; 0 if no normalization has scales and shifts. */
  readonly styleSize: number;
}

export interface EncoderHandle extends Handle {
  readonly styleSize: number;
  /** The photo's style vector as half floats, little-endian. The photo is not used up. */
  encode(photo: PhotoHandle): Outcome<Uint8Array<ArrayBuffer>>;
  /** A style of this strength for this photo, which is not used up, and the share of the painting over the photo. */
  weaken(photo: PhotoHandle, style: Float32Array, strength: number): Outcome<{ style: Float32Array<ArrayBuffer>; blend: number }>;
}

/** A style vector; undefined: the generator's own. */
export interface StyleOption {
  style?: Float32Array<ArrayBuffer> | undefined;
}

export interface JobHandle extends Handle {
  /** Does the next slice of work; the value is whether that was the last. */
  step(): Outcome<boolean>;
  /** Before the first step, and for as long as a thumbnail is measured. */
  isMeasuring(): boolean;
  fraction(): number;
  /** Those painted since the last time; perhaps none. */
  takeRows(): Outcome<FreshRows>;
  takePainting(): Outcome<Pixmap>;
  /** Once done: of this painting, or as measured. */
  statistics(): Outcome<PackedStatistics>;
  statisticsSource(): 'auto' | 'exact' | 'thumbnail' | 'given';
}

/** What a segment is painted with, beside its pixels. */
export interface SegmentWork extends SegmentPlace, StyleOption {
  strength: number;
  preserveColor: number;
  statistics: PackedStatistics;
}

export interface EngineHandle extends Handle {
  /** Uses up the photo's pixels, not its handle; so does beginSegment. */
  begin(generator: GeneratorHandle, photo: PhotoHandle, options: PaintOptions): Outcome<JobHandle>;
  /** Measures a copy of the photo. */
  beginMeasurement(generator: GeneratorHandle, photo: PhotoHandle, options: PaintOptions): Outcome<JobHandle>;
  beginSegment(generator: GeneratorHandle, photo: PhotoHandle, segment: SegmentWork): Outcome<JobHandle>;
  /** The photo's rows that painting `rows` of a picture of this size reads. */
  segmentRows(generator: GeneratorHandle, width: number, height: number, rows: Rows): Outcome<Rows>;
  /** JSON: what each step of the last painting took; empty unless asked for in EngineOptions. */
  profile(): Outcome<string>;
}

export type EngineOptions = Pick<StartRequest, 'threads' | 'bandRows' | 'profile'>;

type Pixels = Uint8Array | Uint8ClampedArray;

export interface EngineModule {
  createEngine(options: EngineOptions): Outcome<EngineHandle>;
  loadGenerator(onnx: Uint8Array, options: GeneratorOptions): Outcome<GeneratorHandle>;
  loadEncoder(onnx: Uint8Array): Outcome<EncoderHandle>;
  /** `vectors`: half floats, little-endian. Weights are normalized to sum 1. */
  blendStyles(vectors: readonly Uint8Array[], weights: readonly number[]): Outcome<Float32Array<ArrayBuffer>>;
  /** current + steadiness * (previous - current) */
  blendStatistics(current: PackedStatistics, previous: PackedStatistics, steadiness: number): Outcome<PackedStatistics>;
  /** A mask for a picture of this size. The photo is not used up. */
  createMask(photo: PhotoHandle, width: number, height: number): Outcome<MaskHandle>;
  decodePhoto(bytes: Uint8Array): Outcome<PhotoHandle>;
  photoFromPixels(pixels: Pixels, width: number, height: number): Outcome<PhotoHandle>;
  encodePng(pixels: Pixels, width: number, height: number): Outcome<Uint8Array<ArrayBuffer>>;
  encodeJpeg(pixels: Pixels, width: number, height: number, quality: number): Outcome<Uint8Array<ArrayBuffer>>;
  memoryInUse(): number;
  memoryPeak(): number;
  liveObjects(): number;
}

type InstantiateCallback = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;

/** What the package hands to Emscripten's factory; see the link flags in wasm/CMakeLists.txt. */
export interface ModuleOptions {
  instantiateWasm(imports: WebAssembly.Imports, done: InstantiateCallback): Record<string, never>;
  locateFile(name: string): string;
  print(line: string): void;
  printErr(line: string): void;
  onAbort(reason: unknown): void;
  wasmMemory?: WebAssembly.Memory;
  brushworkThreads?: number;
  /** In place of `new Worker`, once for each thread beside the calling one. */
  brushworkThread?(): ThreadWorker;
}

export type ModuleFactory<M> = (options: ModuleOptions) => Promise<M>;
