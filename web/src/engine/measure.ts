/** Statistics of a picture apart from its painting: for helpers, for the next frame of a video, for the GPU. */
import { type PaintWork, runJob } from './jobs.js';
import type { PhotoHandle } from './module.js';
import type { Carry, PackedStatistics } from './protocol.js';
import { unwrap } from './replies.js';

/** Of a thumbnail of a generator that was not trained with them, at most: src/thumbnail.cc. */
const MAX_COPY_PIXELS = 3 << 19;
/** A picture whose thumbnail would be itself is measured whole; this one is small enough for that. */
const SMALL_PIXELS = 1 << 17;

export interface Measured {
  statistics: PackedStatistics;
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
    return { statistics: unwrap(job.statistics()), milliseconds: timings.measure + timings.paint, share };
  } finally {
    runtime.release(job);
  }
}

/** With those of the frame before. */
export function carryOver({ running }: PaintWork, measured: PackedStatistics, { previous, steadiness }: Carry): PackedStatistics {
  return previous ? unwrap(running.module.blendStatistics(measured, previous, steadiness)) : measured;
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
