/** A helper: an engine in a worker of its own that paints segments of the host's pictures. */
import { BrushworkError, abortError } from '../errors.js';
import { paintSegment } from './jobs.js';
import { takeLifeline } from './lifeline.js';
import type { HelperApi, ModelFile, Outcome, Reply, SegmentRequest, StartRequest, TaskProgress } from './protocol.js';
import { failureOf, replyWith, unwrap } from './replies.js';
import { NO_NUMBERS, Runtime } from './runtime.js';
import { Turns } from './turns.js';

export class HelperHost implements HelperApi {
  private runtime: Runtime | undefined;
  private onProgress: TaskProgress = () => undefined;
  private readonly cancelled = new Set<number>();
  private readonly turns = new Turns();

  start(request: StartRequest, compiled: WebAssembly.Module, onProgress: TaskProgress): Promise<Reply<string | undefined>> {
    return this.inTurn(async () => {
      // Comlink's: a call to the host, whose answer nobody waits for.
      this.onProgress = onProgress;
      this.runtime = new Runtime(request, compiled);
      await this.runtime.start();
      return takeLifeline();
    });
  }

  load(generator: number, model: ModelFile): Promise<Reply<true>> {
    return this.inTurn(async (): Promise<true> => {
      const runtime = this.started();
      const running = await runtime.start();
      runtime.setModel(generator, model);
      runtime.generator(running, generator);
      return true;
    });
  }

  paint(task: number, request: SegmentRequest): Promise<Reply<Uint8Array<ArrayBuffer>>> {
    return this.inTurn(async () => {
      try {
        return await this.paintNow(task, request);
      } finally {
        this.cancelled.delete(task);
      }
    });
  }

  cancel(task: number): void {
    this.cancelled.add(task);
  }

  private async paintNow(task: number, request: SegmentRequest): Promise<Uint8Array<ArrayBuffer>> {
    const check = (): void => {
      if (this.cancelled.has(task)) throw abortError();
    };
    check();
    const runtime = this.started();
    const running = await runtime.start();
    const generator = runtime.generator(running, request.generator);
    const { pixels, width } = request;
    const photo = unwrap(running.module.photoFromPixels(pixels, width, pixels.length / width / 4));
    try {
      return await paintSegment({ runtime, running, generator, check }, photo, request, (...progress) => this.onProgress(task, ...progress));
    } finally {
      runtime.release(photo);
    }
  }

  private started(): Runtime {
    if (!this.runtime) throw new BrushworkError('internal', 'the helper was not started');
    return this.runtime;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<Reply<T>> {
    return this.turns.take(async () => {
      let outcome: Outcome<T>;
      try {
        outcome = { value: await work() };
      } catch (error) {
        this.runtime?.noteCrash(error);
        outcome = failureOf(error);
      }
      return replyWith(outcome, this.runtime?.measure() ?? NO_NUMBERS);
    });
  }
}
