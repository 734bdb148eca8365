/** The names that wasm/bindings.cc registers, as TypeScript sees them. */
import type { GeneratorOptions, Outcome } from './protocol.js';

/** A handle to a C++ object. Whoever holds it deletes it. */
export interface Handle {
  delete(): void;
}

export interface PhotoHandle extends Handle {
  readonly width: number;
  readonly height: number;
}

export interface JobHandle extends Handle {
  /** Does the next slice of work; the value is whether that was the last. */
  step(): Outcome<boolean>;
  isMeasuring(): boolean;
  fraction(): number;
  takePainting(): Outcome<{ width: number; height: number; data: Uint8Array<ArrayBuffer> }>;
}

export interface EngineHandle extends Handle {
  /** Uses up the photo's pixels, not its handle. */
  begin(generator: Handle, photo: PhotoHandle, strength: number, maxPixels: number): Outcome<JobHandle>;
}

type Pixels = Uint8Array | Uint8ClampedArray;

export interface EngineModule {
  createEngine(threads: number): Outcome<EngineHandle>;
  loadGenerator(onnx: Uint8Array, options: GeneratorOptions): Outcome<Handle>;
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
}

export type ModuleFactory = (options: ModuleOptions) => Promise<EngineModule>;
