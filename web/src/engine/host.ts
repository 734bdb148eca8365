/** The engine's host: owns the WebAssembly module, runs one job at a time, step by step, and lets messages in between the steps. */
import * as Comlink from 'comlink';
import { BrushworkError, abortError, toBrushworkError } from '../errors.js';
import type { StageProgress } from '../progress.js';
import { loadModule } from './load.js';
import type { EngineHandle, EngineModule, Handle, JobHandle, PhotoHandle } from './module.js';
import type {
  EncodeRequest, EngineApi, EngineNumbers, Failure, GeneratorOptions, Outcome, PaintRequest, RawImage, RawPainting, Reply, StartRequest,
} from './protocol.js';
import { Turns, macrotask } from './turns.js';

/** A loaded model: its handle, and what it takes to load it again should the module crash. */
interface LoadedGenerator {
  onnx: Uint8Array<ArrayBuffer>;
  options: GeneratorOptions;
  handle?: Handle;
}

interface Running {
  module: EngineModule;
  engine: EngineHandle;
}

const PROGRESS_INTERVAL_MS = 30;
/** The warm-up picture's sides: small, and large enough for the reflections of four halvings. */
const WARM_UP_SIZE = 64;
const NOTHING: EngineNumbers = { current: 0, peak: 0, objects: 0 };
const quiet: StageProgress = () => undefined;

/** The value, or the failure as an exception. */
function unwrap<T>(outcome: Outcome<T>): T {
  if ('code' in outcome) throw new BrushworkError(outcome.code, outcome.message);
  return outcome.value;
}

export class EngineHost implements EngineApi {
  private request: StartRequest | undefined;
  private running: Running | undefined;
  private crashed: string | undefined;
  private closed = false;
  private numbers: EngineNumbers = NOTHING;
  private readonly generators: LoadedGenerator[] = [];
  private readonly cancelled = new Set<number>();
  private readonly turns = new Turns();

  start(call: number, request: StartRequest, onProgress: StageProgress): Promise<Reply<{ compile: number }>> {
    return this.inTurn(call, onProgress, async (report) => {
      this.request = request;
      const began = performance.now();
      await this.module(report);
      return { compile: performance.now() - began };
    });
  }

  load(call: number, onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions): Promise<Reply<number>> {
    return this.inTurn(call, quiet, async () => {
      const running = await this.module(quiet);
      const generator: LoadedGenerator = { onnx, options };
      const handle = this.handleOf(running, generator);
      try {
        await this.warmUp(call, running, handle);
      } catch (error) {
        if (toBrushworkError(error).code === 'aborted') {
          handle.delete();
          throw error;
        }
        // A model may refuse this size and accept others: the first painting will tell.
      }
      return this.generators.push(generator) - 1;
    });
  }

  paint(call: number, request: PaintRequest, onProgress: StageProgress): Promise<Reply<RawPainting>> {
    return this.inTurn(call, onProgress, async (report) => {
      const running = await this.module(quiet);
      const generator = this.generators[request.generator];
      if (!generator) throw new BrushworkError('internal', `no generator ${request.generator}`);
      const handle = this.handleOf(running, generator);
      const began = performance.now();
      report('decode', 0, 1);
      const photo = this.takePhoto(running.module, request.image);
      const decode = performance.now() - began;
      report('decode', 1, 1);
      const { painting, timings } = await this.run(call, running, handle, photo, request.strength, request.maxPixels, report);
      return { ...painting, timings: { decode, ...timings } };
    });
  }

  /** Out of turn: a picture that is done need not wait for one that is being painted. */
  async encode(call: number, request: EncodeRequest): Promise<Reply<Uint8Array<ArrayBuffer>>> {
    return this.answer(call, async () => {
      const { module } = await this.module(quiet);
      const { pixels, width, height } = request;
      return unwrap(
        request.format === 'png'
          ? module.encodePng(pixels, width, height)
          : module.encodeJpeg(pixels, width, height, request.quality),
      );
    });
  }

  cancel(call: number): void {
    this.cancelled.add(call);
  }

  close(): void {
    this.closed = true;
    this.dropHandles();
  }

  /** Decodes or copies in; the caller deletes the handle. */
  private takePhoto(module: EngineModule, image: RawImage): PhotoHandle {
    return unwrap(
      image.kind === 'encoded'
        ? module.decodePhoto(image.bytes)
        : module.photoFromPixels(image.bytes, image.width, image.height),
    );
  }

  /** Begins a job and steps it to its end. Deletes the photo. */
  private async run(
    call: number, running: Running, generator: Handle, photo: PhotoHandle, strength: number, maxPixels: number, report: StageProgress,
  ): Promise<{ painting: Omit<RawPainting, 'timings'>; timings: { measure: number; paint: number } }> {
    const rows = photo.height;
    let job: JobHandle;
    try {
      job = unwrap(running.engine.begin(generator, photo, strength, maxPixels));
    } finally {
      this.release(photo);
    }
    const timings = { measure: 0, paint: 0 };
    try {
      for (let done = false, shown = 0; !done; ) {
        await macrotask();
        this.checkCancelled(call);
        const stage = job.isMeasuring() ? 'measure' : 'paint';
        const began = performance.now();
        done = unwrap(job.step());
        const now = performance.now();
        timings[stage] += now - began;
        if (now - shown >= PROGRESS_INTERVAL_MS || done) {
          shown = now;
          report(job.isMeasuring() ? 'measure' : 'paint', Math.round(job.fraction() * rows), rows);
        }
      }
      const { width, height, data } = unwrap(job.takePainting());
      return { painting: { width, height, data: new Uint8ClampedArray(data.buffer) }, timings };
    } finally {
      this.release(job);
    }
  }

  /** Paints a few pixels, so that the code is compiled by the optimizing compiler before it matters. */
  private async warmUp(call: number, running: Running, generator: Handle): Promise<void> {
    const side = WARM_UP_SIZE;
    const photo = unwrap(running.module.photoFromPixels(new Uint8Array(side * side * 4).fill(128), side, side));
    await this.run(call, running, generator, photo, 1, 0, quiet);
  }

  /** The running module; started again if it has crashed. */
  private async module(report: StageProgress): Promise<Running> {
    if (this.running && this.crashed === undefined) return this.running;
    if (!this.request) throw new BrushworkError('internal', 'the engine was not started');
    this.dropHandles();
    this.crashed = undefined;
    const module = await loadModule(this.request, report, (reason) => {
      this.crashed = reason;
    });
    this.running = { module, engine: unwrap(module.createEngine(this.request.threads)) };
    return this.running;
  }

  private handleOf(running: Running, generator: LoadedGenerator): Handle {
    generator.handle ??= unwrap(running.module.loadGenerator(generator.onnx, generator.options));
    return generator.handle;
  }

  /** A handle of a crashed module can't be deleted; it goes with the module. */
  private release(handle: Handle): void {
    if (this.crashed !== undefined) return;
    try {
      handle.delete();
    } catch (error) {
      this.noteCrash(error);
    }
  }

  private dropHandles(): void {
    for (const generator of this.generators) {
      if (generator.handle) this.release(generator.handle);
      delete generator.handle;
    }
    if (this.running) this.release(this.running.engine);
    this.running = undefined;
  }

  private checkCancelled(call: number): void {
    if (this.closed) throw new BrushworkError('disposed', 'the engine was disposed of');
    if (this.cancelled.has(call)) throw abortError();
  }

  private inTurn<T>(call: number, onProgress: StageProgress, work: (report: StageProgress) => Promise<T>): Promise<Reply<T>> {
    return this.turns.take(async () => {
      try {
        return await this.answer(call, () => work(onProgress));
      } finally {
        this.cancelled.delete(call);
        (onProgress as Partial<Comlink.ProxyMethods>)[Comlink.releaseProxy]?.();
      }
    });
  }

  private async answer<T>(call: number, work: () => Promise<T>): Promise<Reply<T>> {
    let outcome: Outcome<T>;
    try {
      this.checkCancelled(call);
      outcome = { value: await work() };
    } catch (error) {
      this.noteCrash(error);
      outcome = failureOf(error);
    }
    return Comlink.transfer({ outcome, numbers: this.measure() }, buffersOf(outcome));
  }

  /** A trap leaves the module in an unknown state: the next call starts a fresh one. */
  private noteCrash(error: unknown): void {
    if (error instanceof WebAssembly.RuntimeError || (error instanceof RangeError && !isAllocationFailure(error))) {
      this.crashed = error.message;
    }
  }

  private measure(): EngineNumbers {
    const module = this.running?.module;
    if (module && this.crashed === undefined) {
      this.numbers = {
        current: module.memoryInUse(),
        peak: Math.max(this.numbers.peak, module.memoryPeak()),
        objects: module.liveObjects(),
      };
    }
    return this.numbers;
  }
}

/** JavaScript's own arrays may be refused, too. */
function isAllocationFailure(error: unknown): error is RangeError {
  return error instanceof RangeError && /alloc|array length/i.test(error.message);
}

function failureOf(error: unknown): Failure {
  if (isAllocationFailure(error)) return { code: 'out-of-memory', message: `the browser refused memory: ${error.message}` };
  const { code, message } = toBrushworkError(error);
  return { code, message };
}

/** What a reply need not copy. */
function buffersOf(outcome: Outcome<unknown>): Transferable[] {
  if (!('value' in outcome)) return [];
  const { value } = outcome;
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value === 'object' && value !== null && 'data' in value && value.data instanceof Uint8ClampedArray) {
    return [value.data.buffer as ArrayBuffer];
  }
  return [];
}
