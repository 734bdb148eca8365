/** The engine's host: serves one call at a time, lets messages in between the steps of a painting, and directs the helpers. */
import * as Comlink from 'comlink';
import { BrushworkError, abortError, toBrushworkError } from '../errors.js';
import type { StageProgress } from '../progress.js';
import { Crew } from './crew.js';
import { GpuProgram } from './gpu-program.js';
import { type PaintWork, paintAlone } from './jobs.js';
import type { EngineHandle, GeneratorHandle, PaintOptions, PhotoHandle } from './module.js';
import { paintPicture } from './painting.js';
import type {
  EncodeRequest, EngineApi, EngineNumbers, ExportedGraph, GeneratorOptions, LoadedModel, OnRows, Outcome, PaintRequest, PaintTile,
  ProgramFiles, RawImage, RawPainting, Reply, StartRequest,
} from './protocol.js';
import { failureOf, replyWith, unwrap } from './replies.js';
import { NO_NUMBERS, type Running, Runtime, takePhoto } from './runtime.js';
import { effectiveStyle } from './style.js';
import type { OpenThreads } from './threads.js';
import { Turns, macrotask } from './turns.js';
import { VideoProgram } from './video-program.js';

/** The warm-up picture's sides: small, large enough for the reflections of four halvings. */
const WARM_UP_SIDE = 64;
/** With thumbnails it is larger than one by so much, so that both the measuring and the painting are rehearsed. */
const BEYOND_THUMBNAIL = 32;
const AS_TRAINED: PaintOptions = { strength: 1, preserveColor: 0, maxPixels: 0, brush: 1, statistics: 'auto' };
const quiet: StageProgress = () => undefined;
/** Pixels; painted in some tens of milliseconds. */
const SMALL_PICTURE = 512 * 512;

/** If it came from another thread. */
function releaseProxy(callback: object | undefined): void {
  (callback as Partial<Comlink.ProxyMethods> | undefined)?.[Comlink.releaseProxy]?.();
}

function singleThread({ module }: Running): EngineHandle {
  return unwrap(module.createEngine({ threads: 1, bandRows: 0, profile: false }));
}

export class EngineHost implements EngineApi {
  private runtime: Runtime | undefined;
  private closed = false;
  private peak = 0;
  private paintings = 0;
  private readonly crew = new Crew();
  private readonly gpuProgram = new GpuProgram();
  private readonly videoProgram = new VideoProgram();
  private readonly cancelled = new Set<number>();
  private readonly turns = new Turns();
  /** The call whose turn it is. */
  private current = 0;

  start(call: number, request: StartRequest, onProgress: StageProgress, openThreads?: OpenThreads): Promise<Reply<{ compile: number }>> {
    return this.inTurn(call, onProgress, async (report) => {
      this.runtime = new Runtime(request, undefined, openThreads);
      const began = performance.now();
      await this.runtime.start(report);
      return { compile: performance.now() - began };
    });
  }

  load(call: number, number: number, onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions): Promise<Reply<LoadedModel>> {
    return this.inTurn(call, quiet, async () => {
      const runtime = this.started();
      const running = await runtime.start();
      runtime.setModel(number, { onnx, options });
      try {
        await this.warmUp(call, running, number);
        return { generator: number, styleSize: runtime.generator(await runtime.start(), number).styleSize };
      } catch (error) {
        runtime.dropModel(number);
        throw error;
      }
    });
  }

  loadEncoder(call: number, number: number, onnx: Uint8Array<ArrayBuffer>): Promise<Reply<number>> {
    return this.inTurn(call, quiet, async () => {
      const runtime = this.started();
      const running = await runtime.start();
      runtime.setEncoder(number, onnx);
      try {
        runtime.encoder(running, number);
      } catch (error) {
        runtime.dropEncoder(number);
        throw error;
      }
      return number;
    });
  }

  extractStyle(call: number, encoder: number, image: RawImage, onProgress: StageProgress): Promise<Reply<Uint8Array<ArrayBuffer>>> {
    return this.inTurn(call, onProgress, async (report) => {
      const running = await this.started().start();
      const handle = this.started().encoder(running, encoder);
      report('decode', 0, 1);
      const photo = takePhoto(running, image);
      try {
        report('decode', 1, 1);
        await macrotask(); // A cancellation is heard before the work that cannot be interrupted.
        this.checkCancelled(call);
        return unwrap(handle.encode(photo));
      } finally {
        this.started().release(photo);
      }
    });
  }

  paint(
    call: number, request: PaintRequest, onProgress: StageProgress, paintTile?: PaintTile, onRows?: OnRows,
  ): Promise<Reply<RawPainting>> {
    return this.inTurn(call, onProgress, async (report) => {
      try {
        return await this.paintNow(call, request, report, paintTile, onRows);
      } finally {
        releaseProxy(paintTile);
        releaseProxy(onRows);
      }
    });
  }

  exportGraph(call: number, generator: number, program: ProgramFiles): Promise<Reply<ExportedGraph>> {
    return this.answer(call, () => this.gpuProgram.load(generator, this.started().modelFile(generator), program));
  }

  /** In turn: behind the frames that were sent before. */
  endStream(call: number, stream: number): Promise<Reply<true>> {
    return this.inTurn(call, quiet, async () => {
      this.videoProgram.end(stream);
      return true as const;
    });
  }

  /** Out of turn: a picture that is done need not wait for one that is being painted. */
  async encode(call: number, request: EncodeRequest): Promise<Reply<Uint8Array<ArrayBuffer>>> {
    return this.answer(call, async () => {
      const { module } = await this.started().start();
      const { pixels, width, height } = request;
      return unwrap(
        request.format === 'png'
          ? module.encodePng(pixels, width, height)
          : module.encodeJpeg(pixels, width, height, request.quality),
      );
    });
  }

  async profile(call: number): Promise<Reply<string>> {
    return this.answer(call, async () => unwrap((await this.started().start()).engine.profile()));
  }

  cancel(call: number): void {
    this.cancelled.add(call);
    if (call === this.current) this.crew.cancel();
  }

  connect(ports: MessagePort[]): void {
    this.crew.connect(ports);
  }

  close(): void {
    this.closed = true;
    this.crew.connect([]);
    this.runtime?.close();
    this.gpuProgram.close();
    this.videoProgram.close();
  }

  /**
   * Whether to paint with one thread: a small first picture on a machine without a core to spare, for the browser is still compiling
   * what the warm-up has run, and would have to share the cores with our threads. Takes half as long as with all of them.
   */
  private leavesRoomToCompile(photo: PhotoHandle): boolean {
    const { threads } = this.started().request;
    const isFirst = this.paintings++ === 0;
    return isFirst && threads > 1 && threads >= navigator.hardwareConcurrency && photo.width * photo.height <= SMALL_PICTURE;
  }

  private async paintNow(
    call: number, request: PaintRequest, report: StageProgress, paintTile: PaintTile | undefined, onRows: OnRows | undefined,
  ): Promise<RawPainting> {
    const runtime = this.started();
    const running = await runtime.start();
    const generator = runtime.generator(running, request.generator);
    const began = performance.now();
    report('decode', 0, 1);
    const photo = takePhoto(running, request.image);
    const decode = performance.now() - began;
    const single = this.leavesRoomToCompile(photo) ? singleThread(running) : undefined;
    try {
      report('decode', 1, 1);
      const { milliseconds, ...style } = effectiveStyle(runtime, running, photo, request);
      const { preserveColor, maxPixels, brush, statistics, mask, carry, tilePixels } = request;
      const settings = { preserveColor, maxPixels, brush, statistics, ...style };
      const painters = { ...running, engine: single ?? running.engine };
      const work = { ...this.work(call, painters, generator, settings, report), onRows };
      const painter = this.gpuProgram.generator(request.generator);
      const gpu = painter && paintTile && tilePixels !== undefined ? { generator: painter, paintTile, tilePixels } : undefined;
      const steadier = carry && (await this.videoProgram.steadier(carry));
      const plan = { generator: request.generator, mask, carry, steadier, gpu };
      const { timings, ...painted } = await paintPicture(work, photo, plan, this.crew);
      return { ...painted, timings: { decode, ...timings, measure: timings.measure + milliseconds } };
    } finally {
      runtime.release(photo);
      if (single) runtime.release(single);
    }
  }

  private work(call: number, running: Running, generator: GeneratorHandle, settings: PaintOptions, report: StageProgress): PaintWork {
    return { runtime: this.started(), running, generator, settings, report, check: () => this.checkCancelled(call) };
  }

  /**
   * Reads the model and paints a few pixels, so that the code is compiled by the optimizing compiler before it matters. With one
   * thread only, for threads that wait for each other would keep the processor from compiling. Where the generator's pictures will
   * be shared, the helpers do the same.
   */
  private async warmUp(call: number, running: Running, number: number): Promise<void> {
    const runtime = this.started();
    const generator = runtime.generator(running, number);
    const shared = generator.thumbnailSide > 0;
    if (shared) this.crew.prepare(runtime, number);
    const side = shared ? generator.thumbnailSide + BEYOND_THUMBNAIL : WARM_UP_SIDE;
    const pixels = new Uint8Array(side * side * 4).fill(128);
    const photo = unwrap(running.module.photoFromPixels(pixels, side, side));
    const engine = singleThread(running);
    try {
      const { statistics } = await paintAlone(this.work(call, { ...running, engine }, generator, AS_TRAINED, quiet), photo);
      const segment = { firstRow: 0, height: side, rows: { begin: 0, end: side }, strength: 1, preserveColor: 0, style: undefined, statistics, watched: false };
      if (shared) this.crew.warmUp(runtime, { ...segment, generator: number, pixels, width: side });
    } catch (error) {
      // A model may refuse this size and accept others: the first painting will tell.
      if (toBrushworkError(error).code === 'aborted') throw error;
      runtime.noteCrash(error);
    } finally {
      runtime.release(photo);
      runtime.release(engine);
    }
  }

  private started(): Runtime {
    if (!this.runtime) throw new BrushworkError('internal', 'the engine was not started');
    return this.runtime;
  }

  private checkCancelled(call: number): void {
    if (this.closed) throw new BrushworkError('disposed', 'the engine was disposed of');
    if (this.cancelled.has(call)) throw abortError();
  }

  private inTurn<T>(call: number, onProgress: StageProgress, work: (report: StageProgress) => Promise<T>): Promise<Reply<T>> {
    return this.turns.take(async () => {
      this.current = call;
      try {
        return await this.answer(call, () => work(onProgress));
      } finally {
        this.current = 0;
        this.cancelled.delete(call);
        releaseProxy(onProgress);
      }
    });
  }

  private async answer<T>(call: number, work: () => Promise<T>): Promise<Reply<T>> {
    let outcome: Outcome<T>;
    try {
      this.checkCancelled(call);
      outcome = { value: await work() };
    } catch (error) {
      this.runtime?.noteCrash(error);
      outcome = failureOf(error);
    }
    return replyWith(outcome, this.measure());
  }

  /** All modules together. The most so far is at most the sum of what each had at most. */
  private measure(): EngineNumbers {
    const own = this.runtime?.measure() ?? NO_NUMBERS;
    const crew = this.crew.numbers();
    const video = this.videoProgram.numbers;
    this.peak = Math.max(this.peak, own.peak + crew.peak + video.peak);
    const objects = own.objects + crew.objects + video.objects + this.gpuProgram.objects;
    return { current: own.current + crew.current + video.current, peak: this.peak, objects, lost: crew.lost };
  }
}
