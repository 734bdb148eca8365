/** One picture, painted tile by tile by an engine outside of this module: the GPU. */
import { BrushworkError, messageOf } from '../errors.js';
import type { GpuGeneratorHandle, TilesHandle } from '../gpu/module.js';
import type { PaintWork, Painted } from './jobs.js';
import type { Measured } from './measure.js';
import type { PhotoHandle, Pixmap } from './module.js';
import { plainly } from './plainly.js';
import type { PaintTile } from './protocol.js';
import { unwrap } from './replies.js';

export interface Gpu {
  generator: GpuGeneratorHandle;
  paintTile: PaintTile;
  /** Pixels of a tile, at most. */
  tilePixels: number;
}

/** Not an error of this call's: somebody else has to paint. `isFinal` if the GPU failed, and not just can't paint this picture. */
export class GpuFailure extends Error {
  constructor(error: unknown, readonly isFinal: boolean) {
    super(messageOf(error), { cause: error });
  }
}

/** The photo is not used up. Throws a GpuFailure if the GPU can't paint it. */
export async function paintByTiles(work: PaintWork, photo: PhotoHandle, measured: Measured, gpu: Gpu): Promise<Painted> {
  const began = performance.now();
  const rows = photo.height;
  const report = (fraction: number): void => {
    work.report('paint', Math.round((measured.share + (1 - measured.share) * fraction) * rows), rows);
  };
  try {
    const coefficients = unwrap(gpu.generator.coefficients(measured.statistics, work.settings.style));
    const painted = await plainly(work, photo, false, (picture) => paintAllTiles(work, picture, gpu, coefficients, report));
    return { ...painted, timings: { measure: measured.milliseconds, paint: performance.now() - began } };
  } catch (error) {
    if (error instanceof BrushworkError && (error.code === 'aborted' || error.code === 'disposed')) throw error;
    // A picture that is too wide for a tile, say.
    throw error instanceof GpuFailure ? error : new GpuFailure(error, false);
  }
}

async function paintAllTiles(
  work: PaintWork, picture: PhotoHandle, { generator, paintTile, tilePixels }: Gpu, coefficients: Float32Array<ArrayBuffer>,
  report: (fraction: number) => void,
): Promise<Pixmap> {
  const { width, height } = picture;
  const tiles = unwrap(generator.createTiles(width, height, tilePixels));
  try {
    const data = new Uint8Array(width * height * 4);
    for (let i = 0; i < tiles.count; ++i) {
      work.check();
      const tile = { data: readTile(tiles, i, picture), height: tiles.height, width: tiles.width };
      const pixels = await byGpu(async () => unwrap(tiles.write(i, await paintTile(tile, coefficients))));
      work.check();
      const { begin: top } = tiles.paintedRows(i);
      data.set(pixels, top * width * 4);
      work.onRows?.({ width, height, top, data: pixels });
      report((i + 1) / tiles.count);
    }
    return { width, height, data };
  } finally {
    tiles.delete();
  }
}

function readTile(tiles: TilesHandle, tile: number, picture: PhotoHandle): Float32Array<ArrayBuffer> {
  return unwrap(tiles.read(tile, unwrap(picture.rows(tiles.photoRows(tile)))));
}

/** What fails here is the GPU, also if it paints what is no number. */
async function byGpu<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new GpuFailure(error, true);
  }
}
