import type { Progress, Stage } from './types.js';

/** Reports a stage's progress: `done` of `total` in the stage's unit. */
export type StageProgress = (stage: Stage, done: number, total: number) => void;

/** From where to where in [0, 1] each stage of a call runs. */
export type Shares = Partial<Record<Stage, readonly [from: number, to: number]>>;

/** Reports for parts that are worked on at the same time, which come to `report` as one: bytes of `sizes`, their sum in all. */
export function sumProgress(report: StageProgress, sizes: readonly number[]): StageProgress[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const parts = sizes.map(() => 0);
  return sizes.map((size, i) => (stage, done, whole) => {
    parts[i] = whole > 0 ? (size * done) / whole : 0;
    report(stage, Math.round(parts.reduce((sum, part) => sum + part, 0)), total);
  });
}

/**
 * One call's progress. Each stage has its share of the whole; fractions never decrease, and `finish` makes them 1. A callback that
 * throws does not disturb the call: its error is reported as uncaught.
 */
export class ProgressReporter {
  private fraction = 0;
  private finished = false;
  private last: Progress = { stage: 'download', done: 0, total: 0, fraction: 0 };

  constructor(
    private readonly callback: ((progress: Progress) => void) | undefined,
    private readonly shares: Shares,
  ) {}

  readonly report: StageProgress = (stage, done, total) => {
    if (this.finished) return;
    const [from, to] = this.shares[stage] ?? [this.fraction, this.fraction];
    const within = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
    this.fraction = Math.max(this.fraction, from + within * (to - from));
    this.emit({ stage, done, total, fraction: this.fraction });
  };

  /** The call has succeeded. Nothing is reported after it. */
  finish(): void {
    if (this.finished) return;
    if (this.fraction < 1) this.emit({ ...this.last, done: this.last.total, fraction: 1 });
    this.finished = true;
  }

  /** The call has failed: late reports are dropped. */
  stop(): void {
    this.finished = true;
  }

  /** Another callback of the call: it is told nothing after the call's end, and what it throws does no harm either. */
  guard<T>(callback: (value: T) => void): (value: T) => void {
    return (value) => {
      if (!this.finished) deliver(callback, value);
    };
  }

  private emit(progress: Progress): void {
    this.last = progress;
    if (this.callback) deliver(this.callback, progress);
  }
}

function deliver<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
