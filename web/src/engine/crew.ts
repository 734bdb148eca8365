/** The host's side of its helpers: what each of them has, what it is doing, and whether it is still there. */
import * as Comlink from 'comlink';
import { BrushworkError } from '../errors.js';
import { watchLifeline } from './lifeline.js';
import { unlessStalled } from '../stall.js';
import type { EngineNumbers, HelperApi, ModelFile, Reply, SegmentProgress, SegmentRequest, TaskProgress } from './protocol.js';
import { unwrap } from './replies.js';
import { NO_NUMBERS, type Runtime } from './runtime.js';
import { untilAborted } from './turns.js';

const WATCH_INTERVAL_MS = 500;
/** A helper that paints and is silent for so many intervals is given up. It reports many times in one. */
const SILENT_INTERVALS = 8;

export class Helper {
  numbers: EngineNumbers = NO_NUMBERS;
  private readonly api: Comlink.Remote<HelperApi>;
  private started: Promise<void> | undefined;
  private readonly models = new Map<number, Promise<void>>();
  private readonly ready = new Set<number>();
  private task = 0;
  private onProgress: SegmentProgress = () => undefined;
  private heard = false;
  private readonly end = new AbortController();

  constructor(port: MessagePort) {
    this.api = Comlink.wrap<HelperApi>(port);
  }

  get lost(): boolean {
    return this.end.signal.aborted;
  }

  /** Whether segments of this generator would be painted at once. */
  isReady(generator: number): boolean {
    return this.ready.has(generator) && !this.lost;
  }

  /** Starts the helper and hands it a model, unless it has been done. */
  prepare(runtime: Runtime, generator: number, model: ModelFile): Promise<void> {
    let prepared = this.models.get(generator);
    if (!prepared) {
      prepared = this.hand(runtime, generator, model);
      this.models.set(generator, prepared);
      prepared.catch(() => this.lose('it did not start'));
    }
    return prepared;
  }

  async paint(request: SegmentRequest, onProgress: SegmentProgress = () => undefined): Promise<Uint8Array<ArrayBuffer>> {
    this.onProgress = onProgress;
    const watch = this.watch();
    try {
      return await this.answer(this.api.paint(++this.task, Comlink.transfer(request, [request.pixels.buffer])));
    } finally {
      clearInterval(watch);
      this.onProgress = () => undefined; // It has the whole painting.
    }
  }

  /** Stops what it is painting, if anything. */
  cancel(): void {
    if (!this.lost) void this.api.cancel(this.task);
  }

  lose(why: string): void {
    if (this.lost) return;
    this.end.abort(new BrushworkError('internal', `a helper was lost: ${why}`));
    this.api[Comlink.releaseProxy]();
  }

  private async hand(runtime: Runtime, generator: number, model: ModelFile): Promise<void> {
    const compiled = await runtime.compile();
    this.started ??= this.start(runtime, compiled);
    await this.started;
    await this.answer(this.api.load(generator, model));
    this.ready.add(generator);
  }

  private async start(runtime: Runtime, compiled: WebAssembly.Module): Promise<void> {
    const hear = Comlink.proxy<TaskProgress>((task, ...progress) => this.hear(task, progress));
    // One that ends before it has started has no lifeline yet.
    const lifeline = await this.answer(unlessStalled(this.api.start(runtime.request, compiled, hear)));
    // Where there is none, a helper that is gone is noticed by its silence.
    if (lifeline !== undefined) watchLifeline(lifeline, () => this.lose('its worker ended'));
  }

  private hear(task: number, progress: Parameters<SegmentProgress>): void {
    this.heard = true;
    if (task === this.task) this.onProgress(...progress);
  }

  /** Counts ticks rather than time, so that a page which was frozen does not give up all its helpers when it wakes. */
  private watch(): ReturnType<typeof setInterval> {
    let silent = 0;
    return setInterval(() => {
      silent = this.heard ? 0 : silent + 1;
      this.heard = false;
      if (silent >= SILENT_INTERVALS) this.lose('it fell silent');
    }, WATCH_INTERVAL_MS);
  }

  private async answer<T>(reply: Promise<Reply<T>>): Promise<T> {
    const { signal } = this.end;
    // Not a race with a promise that lasts as long as the helper: that would keep every reply.
    const { outcome, numbers } = await untilAborted(reply, signal, () => signal.reason as BrushworkError);
    this.heard = true;
    this.numbers = numbers;
    return unwrap(outcome);
  }
}

/** All helpers of a host. */
export class Crew {
  private helpers: Helper[] = [];
  private lost = 0;

  /** From now on these, and only these. */
  connect(ports: readonly MessagePort[]): void {
    this.lost = this.numbers().lost;
    for (const helper of this.helpers) helper.lose('it was sent away');
    this.helpers = ports.map((port) => new Helper(port));
  }

  get alive(): readonly Helper[] {
    return this.helpers.filter(({ lost }) => !lost);
  }

  /** Starts all helpers with a model, in the background. */
  prepare(runtime: Runtime, generator: number): void {
    for (const helper of this.alive) void helper.prepare(runtime, generator, runtime.modelFile(generator)).catch(() => undefined);
  }

  /** Lets each of them paint the same, in the background, so that it is quick when it matters. */
  warmUp(runtime: Runtime, request: SegmentRequest): void {
    for (const helper of this.alive) {
      const warm = async (): Promise<void> => {
        await helper.prepare(runtime, request.generator, runtime.modelFile(request.generator));
        await helper.paint({ ...request, pixels: request.pixels.slice() });
      };
      warm().catch(() => undefined);
    }
  }

  cancel(): void {
    for (const helper of this.alive) helper.cancel();
  }

  numbers(): EngineNumbers {
    const sum = { ...NO_NUMBERS, lost: this.lost };
    for (const helper of this.helpers) {
      sum.lost += helper.lost ? 1 : 0;
      if (helper.lost) continue;
      sum.current += helper.numbers.current;
      sum.peak += helper.numbers.peak;
      sum.objects += helper.numbers.objects;
    }
    return sum;
  }
}

