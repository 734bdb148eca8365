/** Painting with one module: jobs are stepped, and messages handled in between. */
import type { StageProgress } from '../progress.js';
import type { GeneratorHandle, JobHandle, PaintOptions, PhotoHandle } from './module.js';
import type { FreshRows, OnRows, PackedStatistics, SegmentProgress, SegmentRequest } from './protocol.js';
import { pixelsOf } from './plainly.js';
import { unwrap } from './replies.js';
import type { Running, Runtime } from './runtime.js';
import { macrotask } from './turns.js';

/** What a painting needs beside its photo. */
export interface PaintWork {
  runtime: Runtime;
  running: Running;
  generator: GeneratorHandle;
  settings: PaintOptions;
  report: StageProgress;
  /** If anybody watches. */
  onRows?: OnRows | undefined;
  /** Throws if the call was cancelled. */
  check(): void;
}

export interface Painted {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
  timings: { measure: number; paint: number };
}

const PROGRESS_INTERVAL_MS = 30;

/** At most one report in a while, and the last one. */
function throttle(report: () => void): (last: boolean) => void {
  let shown = 0;
  return (last) => {
    const now = performance.now();
    if (now - shown < PROGRESS_INTERVAL_MS && !last) return;
    shown = now;
    report();
  };
}

type StageTimes = { measure: number; paint: number };

/** Does the next slice of work; adds to `timings` what it took. Returns whether it was the last. */
async function stepJob(job: JobHandle, check: () => void, timings: StageTimes): Promise<boolean> {
  await macrotask();
  check();
  const stage = job.isMeasuring() ? 'measure' : 'paint';
  const began = performance.now();
  const done = unwrap(job.step());
  timings[stage] += performance.now() - began;
  return done;
}

/** Steps a job to its end, or until it is not worth it any more. Returns whether it came to its end. */
export async function runJob(
  job: JobHandle, check: () => void, timings: StageTimes, onProgress: () => void, isWorthIt: () => boolean = () => true,
): Promise<boolean> {
  const show = throttle(onProgress);
  for (;;) {
    const done = await stepJob(job, check, timings);
    show(done);
    if (done) return true;
    if (!isWorthIt()) return false;
  }
}

/** The rows painted since the last time, if any. */
function freshRows(job: JobHandle): FreshRows | undefined {
  const rows = unwrap(job.takeRows());
  return rows.data.length > 0 ? rows : undefined;
}

/** Paints the whole picture, with as many threads as the module has. Uses up the photo's pixels. */
export async function paintAlone(work: PaintWork, photo: PhotoHandle): Promise<Painted & { statistics: PackedStatistics }> {
  const { height: rows } = photo;
  const job = unwrap(work.running.engine.begin(work.generator, photo, work.settings));
  try {
    const timings = { measure: 0, paint: 0 };
    await runJob(job, work.check, timings, () => {
      work.report(job.isMeasuring() ? 'measure' : 'paint', Math.round(job.fraction() * rows), rows);
      const fresh = work.onRows && freshRows(job);
      if (fresh) work.onRows?.(fresh);
    });
    return { ...pixelsOf(unwrap(job.takePainting())), timings, statistics: unwrap(job.statistics()) };
  } finally {
    work.runtime.release(job);
  }
}

type Segment = Omit<SegmentRequest, 'generator' | 'pixels' | 'width'>;

/** Paints some rows with given statistics. Uses up the photo's pixels. */
export async function paintSegment(
  work: Pick<PaintWork, 'runtime' | 'running' | 'generator' | 'check'>,
  photo: PhotoHandle, segment: Segment, onProgress: SegmentProgress,
): Promise<Uint8Array<ArrayBuffer>> {
  const job = unwrap(work.running.engine.beginSegment(work.generator, photo, segment));
  try {
    await runJob(job, work.check, { measure: 0, paint: 0 }, () => {
      onProgress(job.fraction(), segment.watched ? freshRows(job) : undefined);
    });
    return unwrap(job.takePainting()).data;
  } finally {
    work.runtime.release(job);
  }
}
