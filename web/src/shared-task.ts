/** Work that is done once for all who ask for it. */
import { untilAborted } from './engine/turns.js';
import { BrushworkError, throwIfAborted } from './errors.js';
import { type StageProgress, sumProgress } from './progress.js';

/**
 * An abortion is the asker's alone: the work goes on for the others, and for later. If it fails, whoever asks next makes it begin
 * again.
 */
export class SharedTask<T> {
  private running: Promise<T> | undefined;
  private outcome: { value: T } | undefined;
  private readonly listeners = new Set<StageProgress>();

  /** `size`: of the work, in bytes, beside other work. */
  constructor(
    private readonly work: (report: StageProgress) => Promise<T>,
    readonly size: number,
  ) {}

  static of<T>(result: T): SharedTask<T> {
    const task = new SharedTask(async (): Promise<T> => result, 0);
    task.outcome = { value: result };
    return task;
  }

  get isDone(): boolean {
    return this.outcome !== undefined;
  }

  /** Once it is done. */
  get result(): T {
    if (!this.outcome) throw new BrushworkError('internal', 'a result that is not there yet');
    return this.outcome.value;
  }

  /** Begins the work unless it has begun, and waits for it or for the signal. */
  async join(signal: AbortSignal | undefined, report: StageProgress): Promise<T> {
    throwIfAborted(signal);
    this.listeners.add(report);
    try {
      this.running ??= this.start();
      return await untilAborted(this.running, signal);
    } finally {
      this.listeners.delete(report);
    }
  }

  private start(): Promise<T> {
    const running = this.work((stage, done, total) => {
      for (const report of this.listeners) report(stage, done, total);
    });
    running.then(
      (value) => (this.outcome = { value }),
      () => (this.running = undefined),
    );
    return running;
  }
}

type Results<T> = { -readonly [K in keyof T]: T[K] extends SharedTask<infer R> ? R : never };

/** All results, with one progress over all that is still to be done. */
export async function joinAll<T extends readonly SharedTask<unknown>[]>(
  tasks: readonly [...T], signal: AbortSignal | undefined, report: StageProgress,
): Promise<Results<T>> {
  const reports = sumProgress(report, tasks.map((task) => (task.isDone ? 0 : task.size)));
  return (await Promise.all(tasks.map((task, i) => task.join(signal, reports[i] ?? report)))) as Results<T>;
}
