/** How a picture is cut into segments of rows for workers that share no memory. */
import type { Rows } from './protocol.js';

/** Rows of the photo that a segment reads beyond its own. */
export interface Halo {
  before: number;
  after: number;
}

/** What is known of a segment that begins at a multiple of this holds for others, too: bands of rows lie on such a grid. */
const GRID = 256;
/** Segments begin and end at multiples of this, which fits the strides of most generators. */
const ALIGNMENT = 16;

/** What a segment costs beside its rows (its plan, its messages), in pixels of painting. */
const FIXED_PIXELS = 60_000;
/** Where a segment's own rows are this many times what it costs beside them, smaller ones balance better than they cost. */
const WORTHWHILE = 6;
/** More segments than this for each worker gain nothing. */
const MAX_PER_WORKER = 4;
/** Of photo rows, so that the memory of a worker does not grow with the picture. */
const SEGMENT_BYTES = 8 << 20;

/** Pictures have at most so many pixels: src/image/image.h. */
const MAX_PIXELS = 100_000_000;
/** Taller than the halo of any generator that we know. */
const PROBE_HEIGHT = 4096;

/** Where a halo is measured: some rows in the midst of a picture that is tall enough. */
export function probeOf(width: number): { height: number; rows: Rows } {
  const height = Math.min(PROBE_HEIGHT, Math.floor(MAX_PIXELS / width));
  const begin = Math.floor(height / 2 / GRID) * GRID;
  return { height, rows: { begin, end: begin + ALIGNMENT } };
}

/** From the rows that the probe's rows need. */
export function haloOf({ rows }: { rows: Rows }, needed: Rows): Halo {
  return { before: rows.begin - needed.begin, after: needed.end - rows.end };
}

/** The rows of the photo that painting `rows` reads, and a few more. */
export function rowsToRead(height: number, rows: Rows, { before, after }: Halo): Rows {
  const grid = Math.floor(rows.begin / GRID) * GRID;
  return { begin: Math.max(0, grid - before), end: Math.min(height, rows.end + after + ALIGNMENT) };
}

/** Cuts the rows of a picture into segments for so many workers, all about the same work. */
export function cutRows(width: number, height: number, workers: number, halo: Halo): Rows[] {
  // About half of a halo is painted, since layers further in need less of it.
  const before = halo.before / 2;
  const after = halo.after / 2;
  const beside = before + after + FIXED_PIXELS / width;
  // Each worker does at least as much for the painting as beside it.
  const useful = Math.min(workers, Math.max(1, Math.floor(height / beside)));
  const each = useful < workers || workers === 1 ? 1 : Math.floor(height / workers / beside / WORTHWHILE);
  const bytes = width * height * 4;
  // A multiple of the workers, so that they end together.
  const count = useful * Math.max(1, Math.min(MAX_PER_WORKER, each), Math.ceil(bytes / SEGMENT_BYTES / useful));
  return cutEvenly(height, count, before, after);
}

/** The first segment has no rows before it, the last one none behind: they are larger by so much. */
function cutEvenly(height: number, count: number, before: number, after: number): Rows[] {
  const inner = (height - before - after) / count;
  const segments: Rows[] = [];
  for (let i = 1, begin = 0; i <= count; ++i) {
    const cut = Math.round((before + i * inner) / ALIGNMENT) * ALIGNMENT;
    const end = i === count ? height : Math.min(height, cut);
    if (end > begin) segments.push({ begin, end });
    begin = Math.max(begin, end);
  }
  return segments;
}
