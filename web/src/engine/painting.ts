/** How one picture is painted: scaled, masked, measured where that is of use, and painted by whoever can. */
import { BrushworkError, toBrushworkError } from '../errors.js';
import type { Crew } from './crew.js';
import { type Painted, type PaintWork, paintAlone } from './jobs.js';
import { type Measured, carryOver, lasts, measure } from './measure.js';
import type { MaskHandle, PhotoHandle } from './module.js';
import type { CarriedStatistics, Carry, RawImage } from './protocol.js';
import { unwrap } from './replies.js';
import { takePhoto } from './runtime.js';
import { type Gpu, GpuFailure, paintByTiles } from './tiles.js';
import { canShare, paintTogether } from './together.js';
import type { Steadier } from './video-program.js';

export interface PaintPlan {
  /** The number of `work.generator`. */
  generator: number;
  mask: RawImage | undefined;
  carry: Carry | undefined;
  /** With `carry`. */
  steadier: Steadier | undefined;
  gpu: Gpu | undefined;
}

export interface PaintedPicture extends Painted {
  /** To be carried to the next frame. */
  statistics: CarriedStatistics | undefined;
  gpuFailure: string | undefined;
}

/** Uses up the photo's pixels. */
export async function paintPicture(work: PaintWork, photo: PhotoHandle, plan: PaintPlan, crew: Crew): Promise<PaintedPicture> {
  unwrap(photo.scale(work.settings.maxPixels || Infinity));
  const mask = plan.mask && makeMask(work, photo, plan.mask);
  try {
    const { steadier } = plan;
    // What was before a cut is of no use.
    const continues = steadier?.observe(photo) ?? true;
    const carry = continues ? plan.carry : plan.carry && { ...plan.carry, previous: undefined };
    const { statistics } = work.settings;
    // Exact statistics could only be carried by measuring the whole picture twice.
    const source = carry && statistics === 'auto' ? 'thumbnail' : statistics;
    const settings = { ...work.settings, maxPixels: 0, mask, statistics: source };
    const painted = await paintScaled({ ...work, settings }, photo, { ...plan, carry }, crew);
    return steadier ? { ...painted, data: steadier.steady(painted) } : painted;
  } finally {
    if (mask) work.runtime.release(mask);
  }
}

async function paintScaled(work: PaintWork, photo: PhotoHandle, { generator, carry, gpu }: PaintPlan, crew: Crew): Promise<PaintedPicture> {
  const painters = canShare(work, photo, crew) ? crew : undefined;
  const measured = await measureApart(work, photo, carry, gpu !== undefined, painters);
  const carried = carry && measured && { statistics: measured.statistics, age: measured.age };
  const about = { statistics: carried, gpuFailure: undefined };
  if (!measured) return { ...(await paintAlone(work, photo)), ...about };
  if (!gpu) return { ...(await paintGiven(work, generator, photo, measured, painters)), ...about };
  try {
    return { ...(await paintByTiles(work, photo, measured, gpu)), ...about };
  } catch (error) {
    if (!(error instanceof GpuFailure)) throw error;
    work.check();
    const painted = await paintGiven(work, generator, photo, measured, painters);
    return { ...painted, ...about, gpuFailure: error.isFinal ? error.message : undefined };
  }
}

/** For those who need it: helpers, the next frame, the GPU. Undefined if the painting is to measure by itself. */
async function measureApart(
  work: PaintWork, photo: PhotoHandle, carry: Carry | undefined, forGpu: boolean, painters: Crew | undefined,
): Promise<Measured | undefined> {
  const whole = carry !== undefined || forGpu;
  if (work.settings.statistics === 'exact' || !(whole || painters)) return undefined;
  const lasting = carry && lasts(carry);
  if (lasting) return { ...lasting, milliseconds: 0, share: 0 };
  const measured = await measure(work, photo, painters ? painters.alive.length + 1 : 1, whole);
  return measured && carry ? { ...measured, statistics: carryOver(work, measured.statistics, carry) } : measured;
}

/** With all helpers where that can be, else with this module alone. */
async function paintGiven(work: PaintWork, generator: number, photo: PhotoHandle, measured: Measured, crew: Crew | undefined): Promise<Painted> {
  if (crew) return paintTogether(work, generator, photo, measured, crew);
  const settings = { ...work.settings, statistics: 'given' as const, given: measured.statistics };
  const painted = await paintAlone({ ...work, settings }, photo);
  return { ...painted, timings: { ...painted.timings, measure: painted.timings.measure + measured.milliseconds } };
}

function makeMask({ running, runtime }: PaintWork, { width, height }: PhotoHandle, image: RawImage): MaskHandle {
  try {
    const picture = takePhoto(running, image);
    try {
      return unwrap(running.module.createMask(picture, width, height));
    } finally {
      runtime.release(picture);
    }
  } catch (error) {
    const { code, message } = toBrushworkError(error);
    throw new BrushworkError(code, `mask: ${message}`, { cause: error });
  }
}
