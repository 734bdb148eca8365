/** Statistics of a picture apart from its painting: for helpers, for the next frame of a video, for the GPU. */
import { type PaintWork, runJob } from './jobs.js';
import type { PhotoHandle } from './module.js';
import type { CarriedStatistics, Carry, PackedStatistics } from './protocol.js';
import { unwrap } from './replies.js';

/** Of a thumbnail of a generator that was not trained with them, at most: src/thumbnail.cc. */
const MAX_COPY_PIXELS = 3 << 19;
/** A picture whose thumbnail would be itself is measured whole; this one is small enough for that. */
const SMALL_PIXELS = 1 << 17;

/** `age` 0: of this picture. */
export interface Measured extends CarriedStatistics {
  milliseconds: number;
  /** Of the whole painting's time, as an estimate. */
  share: number;
}

/**
 * Measures the picture as it is painted: a thumbnail of it, or, with `whole`, all of it if it is small. Undefined if the statistics have
 * to be exact, which only the painting itself tells. `painters`: how many will share the painting.
 */
export async function measure(work: PaintWork, photo: PhotoHandle, painters: number, whole: boolean): Promise<Measured | undefined> {
  const { running, generator, settings, runtime } = work;
  const share = measuringShare(photo, generator.thumbnailSide, painters);
  const job = unwrap(running.engine.beginMeasurement(generator, photo, settings));
  try {
    const report = (): void => work.report('measure', Math.round(job.fraction() * share * photo.height), photo.height);
    const timings = { measure: 0, paint: 0 };
    const all = whole && isSmall(photo, generator.thumbnailSide, settings.brush);
    if (!(await runJob(job, work.check, timings, report, () => all || job.isMeasuring()))) return undefined;
    return { statistics: unwrap(job.statistics()), age: 0, milliseconds: timings.measure + timings.paint, share };
  } finally {
    runtime.release(job);
  }
}

/** Frames that may be painted with the same statistics. */
const LASTING = 3;
/** Of those of the frame before, at least this much is kept where not every frame is measured. */
const SLOW = 0.85;

/** Measuring takes as long as painting a small frame, and where most is carried over anyway, it only has to be done now and then. */
export function lasts({ previous, steadiness }: Carry): CarriedStatistics | undefined {
  const isLasting = previous && (steadiness === 1 || (steadiness >= SLOW && previous.age < LASTING));
  return isLasting ? { ...previous, age: previous.age + 1 } : undefined;
}

/** With those of the frames before, as if every frame between had been measured and found the same. */
export function carryOver({ running }: PaintWork, measured: PackedStatistics, { previous, steadiness }: Carry): PackedStatistics {
  if (!previous) return measured;
  return unwrap(running.module.blendStatistics(measured, previous.statistics, steadiness ** (previous.age + 1)));
}

function isSmall({ width, height }: PhotoHandle, thumbnailSide: number, brush: number): boolean {
  return Math.min(width, height) * brush <= thumbnailSide || width * height * brush * brush <= SMALL_PIXELS;
}

function measuringShare({ width, height }: PhotoHandle, thumbnailSide: number, painters: number): number {
  const pixels = width * height;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const measured = thumbnailSide > 0 ? (thumbnailSide ** 2 * long) / short : Math.min(pixels / 4, MAX_COPY_PIXELS);
  return measured / (measured + pixels / painters);
}
