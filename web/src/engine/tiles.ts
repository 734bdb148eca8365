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

/** Not an error of this call's: the GPU's, and somebody else has to paint. */
export class GpuFailure extends Error {}

/** The photo is not used up. Throws a GpuFailure if the GPU fails. */
export async function paintByTiles(work: PaintWork, photo: PhotoHandle, measured: Measured, gpu: Gpu): Promise<Painted> {
  const began = performance.now();
  const rows = photo.height;
  const report = (fraction: number): void => {
    work.report('paint', Math.round((measured.share + (1 - measured.share) * fraction) * rows), rows);
  };
  try {
    const coefficients = unwrap(gpu.generator.coefficients(measured.statistics, work.settings.style));
    const painted = await plainly(work, photo, false, (picture) => paintPicture(work, picture, gpu, coefficients, report));
    return { ...painted, timings: { measure: measured.milliseconds, paint: performance.now() - began } };
  } catch (error) {
    if (error instanceof BrushworkError && (error.code === 'aborted' || error.code === 'disposed')) throw error;
    throw new GpuFailure(messageOf(error), { cause: error });
  }
}

async function paintPicture(
  work: PaintWork, picture: PhotoHandle, { generator, paintTile, tilePixels }: Gpu, coefficients: Float32Array<ArrayBuffer>,
  report: (fraction: number) => void,
): Promise<Pixmap> {
  const { width, height } = picture;
  const tiles = unwrap(generator.createTiles(width, height, tilePixels));
  try {
    const data = new Uint8Array(width * height * 4);
    for (let i = 0; i < tiles.count; ++i) {
      work.check();
      const planes = await paintTile({ data: readTile(tiles, i, picture), height: tiles.height, width: tiles.width }, coefficients);
      work.check();
      data.set(unwrap(tiles.write(i, planes)), tiles.paintedRows(i).begin * width * 4);
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
