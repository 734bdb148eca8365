/** One picture, painted by this module and by helpers that share no memory with it: cut into rows, put together. */
import { toBrushworkError } from '../errors.js';
import type { Crew, Helper } from './crew.js';
import { type PaintWork, type Painted, paintSegment } from './jobs.js';
import type { Measured } from './measure.js';
import type { GeneratorHandle, PhotoHandle } from './module.js';
import { plainly } from './plainly.js';
import type { FreshRows, PackedStatistics, Rows, SegmentRequest } from './protocol.js';
import { unwrap } from './replies.js';
import { type Halo, cutRows, haloOf, probeOf, rowsToRead } from './segments.js';
import { macrotask } from './turns.js';

/** Smaller pictures are painted before the helpers have their rows. */
const MIN_PIXELS = 1 << 16;

/** Whether to try. Exact statistics need the whole picture, layer by layer, in one memory. */
export function canShare({ settings }: PaintWork, photo: PhotoHandle, crew: Crew): boolean {
  const pixels = photo.width * photo.height * settings.brush ** 2;
  return crew.alive.length > 0 && settings.statistics !== 'exact' && pixels >= MIN_PIXELS;
}

/** Paints the photo, which is not used up. */
export async function paintTogether(
  work: PaintWork, generator: number, photo: PhotoHandle, measured: Measured, crew: Crew,
): Promise<Painted> {
  const began = performance.now();
  const rows = photo.height;
  const report = (fraction: number): void => {
    work.report('paint', Math.round((measured.share + (1 - measured.share) * fraction) * rows), rows);
  };
  const painted = await plainly(work, photo, true, async (picture) => {
    const { strength, preserveColor, mask } = work.settings;
    const composes = picture === photo && !mask;
    const settings = { ...work.settings, ...(composes ? { strength, preserveColor } : { strength: 1, preserveColor: 0 }) };
    const { width, height } = picture;
    const painting = new SharedPainting({ ...work, settings }, generator, picture, measured.statistics, report);
    return { width, height, data: await painting.paint(crew) };
  });
  return { ...painted, timings: { measure: measured.milliseconds, paint: performance.now() - began } };
}

/** By generator and width: it costs as much as a plan to find out. */
const halos = new WeakMap<GeneratorHandle, Map<number, Halo>>();

function knownHalo({ running, generator }: PaintWork, width: number): Halo {
  const known = halos.get(generator) ?? new Map<number, Halo>();
  halos.set(generator, known);
  const probe = probeOf(width);
  const halo = known.get(width) ?? haloOf(probe, unwrap(running.engine.segmentRows(generator, width, probe.height, probe.rows)));
  known.set(width, halo);
  return halo;
}

class SharedPainting {
  private readonly data: Uint8Array<ArrayBuffer>;
  private readonly halo: Halo;
  private readonly queue: Rows[] = [];
  /** Segments that helpers are painting. */
  private outstanding = 0;
  private over = false;
  private wake: () => void = () => undefined;
  private readonly fractions = new Map<Rows, number>();

  constructor(
    private readonly work: PaintWork,
    private readonly generator: number,
    private readonly photo: PhotoHandle,
    private readonly statistics: PackedStatistics,
    private readonly onProgress: (fraction: number) => void,
  ) {
    this.data = new Uint8Array(photo.width * photo.height * 4);
    this.halo = knownHalo(work, photo.width);
  }

  async paint(crew: Crew): Promise<Uint8Array<ArrayBuffer>> {
    const { width, height } = this.photo;
    crew.prepare(this.work.runtime, this.generator);
    const workers = 1 + crew.alive.filter((helper) => helper.isReady(this.generator)).length;
    this.queue.push(...cutRows(width, height, workers, this.halo));
    if (this.queue.length > 1) for (const helper of crew.alive) void this.paintBy(helper);
    try {
      await macrotask(); // The helpers' share goes out first.
      await this.paintHere();
    } finally {
      this.over = true;
      if (this.outstanding > 0) crew.cancel(); // after an error here
    }
    return this.data;
  }

  /** Paints what is in the queue, and waits for the helpers, who may put back what they fail to paint. */
  private async paintHere(): Promise<void> {
    while (this.queue.length > 0 || this.outstanding > 0) {
      this.work.check();
      const rows = this.queue.shift();
      if (!rows) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      this.place(rows, await this.paintFromRead(rows));
    }
  }

  private async paintFromRead(rows: Rows): Promise<Uint8Array> {
    try {
      return await this.paintFrom(rowsToRead(this.photo.height, rows, this.halo), rows);
    } catch (error) {
      if (toBrushworkError(error).code !== 'invalid-argument') throw error;
      // A generator whose segments do not read alike. To ask costs as much as a plan.
      const { running, generator } = this.work;
      return this.paintFrom(unwrap(running.engine.segmentRows(generator, this.photo.width, this.photo.height, rows)), rows);
    }
  }

  private async paintFrom(read: Rows, rows: Rows): Promise<Uint8Array> {
    const photo = unwrap(this.photo.cut(read));
    try {
      const segment = { ...this.segment(rows), firstRow: read.begin };
      return await paintSegment(this.work, photo, segment, (...progress) => this.note(rows, ...progress));
    } finally {
      this.work.runtime.release(photo);
    }
  }

  private async paintBy(helper: Helper): Promise<void> {
    const { runtime } = this.work;
    try {
      await helper.prepare(runtime, this.generator, runtime.modelFile(this.generator));
    } catch {
      return; // It could not start: others paint.
    }
    while (!this.over) {
      const rows = this.queue.shift();
      if (!rows || !(await this.paintSegmentBy(helper, rows))) return;
    }
  }

  /** False if the helper failed: whatever the reason, somebody else tries, and the last to try is this module. */
  private async paintSegmentBy(helper: Helper, rows: Rows): Promise<boolean> {
    this.outstanding += 1;
    try {
      const painted = await helper.paint(this.request(rows), (...progress) => this.note(rows, ...progress));
      this.place(rows, painted);
      return true;
    } catch {
      this.queue.unshift(rows);
      return false;
    } finally {
      this.outstanding -= 1;
      this.wake();
    }
  }

  private request(rows: Rows): SegmentRequest {
    const sent = rowsToRead(this.photo.height, rows, this.halo);
    const pixels = unwrap(this.photo.rows(sent));
    return { ...this.segment(rows), firstRow: sent.begin, generator: this.generator, pixels, width: this.photo.width };
  }

  private segment(rows: Rows): Omit<SegmentRequest, 'generator' | 'pixels' | 'width' | 'firstRow'> {
    const { strength, preserveColor, style } = this.work.settings;
    const watched = this.work.onRows !== undefined;
    return { height: this.photo.height, rows, strength, preserveColor, style, statistics: this.statistics, watched };
  }

  private place(rows: Rows, pixels: Uint8Array): void {
    this.data.set(pixels, rows.begin * this.photo.width * 4);
    this.note(rows, 1);
  }

  private note(rows: Rows, fraction: number, fresh?: FreshRows): void {
    if (this.over) return;
    if (fresh) this.work.onRows?.({ ...fresh, height: this.photo.height, top: rows.begin + fresh.top });
    this.fractions.set(rows, fraction);
    let painted = 0;
    for (const [{ begin, end }, part] of this.fractions) painted += (end - begin) * part;
    this.onProgress(painted / this.photo.height);
  }
}
