/** One picture, painted tile by tile by an engine outside of this module: the GPU. */
import type { PaintWork, Painted } from './jobs.js';
import type { Measured } from './measure.js';
import type { PhotoHandle } from './module.js';
import { plainly } from './plainly.js';
import type { PaintTile } from './protocol.js';
import { unwrap } from './replies.js';

export interface Gpu {
  paintTile: PaintTile;
  tilePixels: number;
}

/** Not an error of this call's: the GPU's, and somebody else has to paint. */
export class GpuFailure extends Error {}

/** The photo is not used up. Throws a GpuFailure if the GPU fails. */
export async function paintByTiles(work: PaintWork, photo: PhotoHandle, measured: Measured, gpu: Gpu): Promise<Painted> {
  const began = performance.now();
  const { module } = work.running;
  const coefficients = unwrap(module.coefficients(work.generator, measured.statistics, work.settings.style));
  const rows = photo.height;
  const report = (fraction: number): void => {
    work.report('paint', Math.round((measured.share + (1 - measured.share) * fraction) * rows), rows);
  };
  const painted = await plainly(work, photo, false, async (picture) => {
    const tiles = unwrap(work.running.engine.createTiles(work.generator, picture, gpu.tilePixels));
    try {
      for (let i = 0; i < tiles.count; ++i) {
        work.check();
        const painting = await paintTile(gpu, coefficients, unwrap(tiles.read(i)));
        work.check();
        const { code, message } = { code: undefined, message: '', ...tiles.write(i, painting) };
        if (code !== undefined) throw new GpuFailure(message);
        report((i + 1) / tiles.count);
      }
      return unwrap(tiles.takePainting());
    } finally {
      work.runtime.release(tiles);
    }
  });
  return { ...painted, timings: { measure: measured.milliseconds, paint: performance.now() - began } };
}

async function paintTile({ paintTile: paint }: Gpu, coefficients: Float32Array<ArrayBuffer>, tile: Parameters<PaintTile>[0]): Promise<Float32Array> {
  try {
    return await paint(tile, coefficients);
  } catch (error) {
    throw new GpuFailure(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
