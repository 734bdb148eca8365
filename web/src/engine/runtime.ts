/** One WebAssembly module with its engine and its models: what a host and a helper have in common. Starts again after a crash. */
import { BrushworkError } from '../errors.js';
import type { StageProgress } from '../progress.js';
import { compileModule, importFactory, startModule } from './load.js';
import type { EncoderHandle, EngineHandle, EngineModule, GeneratorHandle, Handle, PhotoHandle } from './module.js';
import type { EngineNumbers, ModelFile, RawImage, StartRequest } from './protocol.js';
import { isAllocationFailure, unwrap } from './replies.js';
import type { OpenThreads } from './threads.js';

export interface Running {
  module: EngineModule;
  engine: EngineHandle;
}

/** A model: what it takes to load it again, and its handle while the module has it. */
interface Model<F, H extends Handle> {
  file: F;
  handle?: H;
}

export const NO_NUMBERS: EngineNumbers = { current: 0, peak: 0, objects: 0, lost: 0 };
const quiet: StageProgress = () => undefined;

/** Decodes or copies in; the caller deletes the handle. */
export function takePhoto({ module }: Running, image: RawImage): PhotoHandle {
  return unwrap(
    image.kind === 'encoded'
      ? module.decodePhoto(image.bytes)
      : module.photoFromPixels(image.bytes, image.width, image.height),
  );
}

export class Runtime {
  private running: Running | undefined;
  private crashed: string | undefined;
  private numbers: EngineNumbers = NO_NUMBERS;
  private readonly models = new Map<number, Model<ModelFile, GeneratorHandle>>();
  private readonly encoders = new Map<number, Model<Uint8Array<ArrayBuffer>, EncoderHandle>>();

  constructor(
    readonly request: StartRequest,
    /** Compiled once, for helpers and for a start after a crash. */
    private compiled?: WebAssembly.Module,
    private readonly openThreads?: OpenThreads,
  ) {}

  /** The running module, started if need be. */
  async start(report: StageProgress = quiet): Promise<Running> {
    if (this.running && this.crashed === undefined) return this.running;
    this.close();
    this.crashed = undefined;
    const { glue, wasm, threaded, threads, bandRows, profile } = this.request;
    // All at once: threads load their scripts while the module is compiled.
    const [compiled, factory, ports] = await Promise.all([
      this.compile(report),
      importFactory<EngineModule>(glue),
      threaded && this.openThreads ? this.openThreads(threads - 1, glue) : [],
    ]);
    const module = await startModule(wasm, ports, compiled, factory, (reason) => {
      this.crashed = reason;
    });
    report('compile', 1, 1);
    const engine = unwrap(module.createEngine({ threads, bandRows, profile }));
    this.running = { module, engine };
    return this.running;
  }

  async compile(report: StageProgress = quiet): Promise<WebAssembly.Module> {
    const { wasm: url, sha256, cache } = this.request;
    this.compiled ??= await compileModule({ url, sha256 }, cache, report);
    return this.compiled;
  }

  setModel(generator: number, file: ModelFile): void {
    this.models.set(generator, { file });
  }

  setEncoder(encoder: number, onnx: Uint8Array<ArrayBuffer>): void {
    this.encoders.set(encoder, { file: onnx });
  }

  modelFile(generator: number): ModelFile {
    return this.model(generator).file;
  }

  dropModel(generator: number): void {
    const handle = this.models.get(generator)?.handle;
    if (handle) this.release(handle);
    this.models.delete(generator);
  }

  dropEncoder(encoder: number): void {
    this.encoders.delete(encoder);
  }

  generator(running: Running, generator: number): GeneratorHandle {
    const model = this.model(generator);
    model.handle ??= unwrap(running.module.loadGenerator(model.file.onnx, model.file.options));
    return model.handle;
  }

  encoder(running: Running, encoder: number): EncoderHandle {
    const model = this.encoders.get(encoder);
    if (!model) throw new BrushworkError('internal', `no encoder ${encoder}`);
    model.handle ??= unwrap(running.module.loadEncoder(model.file));
    return model.handle;
  }

  /** A handle of a crashed module can't be deleted; it goes with the module. */
  release(handle: Handle): void {
    if (this.crashed !== undefined) return;
    try {
      handle.delete();
    } catch (error) {
      this.noteCrash(error);
    }
  }

  /** A trap leaves the module in an unknown state: the next call starts a fresh one. */
  noteCrash(error: unknown): void {
    if (error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && !isAllocationFailure(error))) {
      this.crashed = error.message;
    }
  }

  /** Of this module, as far as it can tell. */
  measure(): EngineNumbers {
    const module = this.running?.module;
    if (module && this.crashed === undefined) {
      this.numbers = {
        current: module.memoryInUse(),
        peak: Math.max(this.numbers.peak, module.memoryPeak()),
        objects: module.liveObjects(),
        lost: 0,
      };
    }
    return this.numbers;
  }

  /** Frees all handles. */
  close(): void {
    for (const model of [...this.models.values(), ...this.encoders.values()]) {
      if (model.handle) this.release(model.handle);
      delete model.handle;
    }
    if (this.running) this.release(this.running.engine);
    this.running = undefined;
  }

  private model(generator: number): Model<ModelFile, GeneratorHandle> {
    const model = this.models.get(generator);
    if (!model) throw new BrushworkError('internal', `no generator ${generator}`);
    return model;
  }
}
