/** A picture that is painted on both paths, to see whether the GPU paints it right, and faster. */

/** Of 255: how far the two may be apart in the median of all values. */
const MAX_MEDIAN_DIFFERENCE = 3;
/** Small enough for a GPU that is none, large enough for every layer. */
const CHECKED_SIDE = 64;
/** Large enough for the time to be the painting's. */
const TIMED_SIDE = 512;

export interface CanaryPicture {
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

export interface CanaryPainting {
  data: Uint8ClampedArray;
  milliseconds: number;
}

/** Rejects if the path fails. */
export type CanaryPath = (picture: CanaryPicture) => Promise<CanaryPainting>;

export interface Verdict {
  isRight: boolean;
  /** Undefined if it was not asked for, or not right. */
  isFaster: boolean | undefined;
  /** One line for `reasons`. */
  reason: string;
}

/** With `timed`, a larger picture shows which is faster, unless the small one has shown it. */
export async function tryCanary(gpu: CanaryPath, cpu: CanaryPath, timed: boolean): Promise<Verdict> {
  const small = canaryPicture(CHECKED_SIDE);
  const [byGpu, byCpu] = [await gpu(small), await cpu(small)];
  const median = medianDifference(byGpu.data, byCpu.data);
  const isRight = median <= MAX_MEDIAN_DIFFERENCE;
  const differs = `WebGPU: its canary painting differs from the CPU's by ${median} of 255 in the median`;
  if (!isRight || !timed) return { isRight, isFaster: undefined, reason: `${differs}, at most ${MAX_MEDIAN_DIFFERENCE} are right` };
  const large = canaryPicture(TIMED_SIDE);
  await cpu(large);
  const cpuTime = (await cpu(large)).milliseconds;
  let gpuTime = (await gpu(small)).milliseconds;
  let size = CHECKED_SIDE;
  if (gpuTime < cpuTime) {
    await gpu(large); // its shaders are compiled now
    gpuTime = (await gpu(large)).milliseconds;
    size = TIMED_SIDE;
  }
  const times = `${gpuTime.toFixed(0)} ms for ${size}×${size} pixels, the CPU ${cpuTime.toFixed(0)} ms for ${TIMED_SIDE}×${TIMED_SIDE}`;
  return { isRight, isFaster: gpuTime < cpuTime, reason: `${differs}; it takes ${times}` };
}

/** How rough the picture is, like photos: on smoother ones the rounding of int8 alone, which the CPU does, makes other strokes. */
const GRAIN = 40;

/** Waves of several lengths in all colours, with grain, the same every time. */
export function canaryPicture(side: number): CanaryPicture {
  const data = new Uint8ClampedArray(side * side * 4);
  let random = 1;
  const grain = (): number => {
    random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff; // the C standard's example of a generator
    return ((random >> 16) % (2 * GRAIN + 1)) - GRAIN;
  };
  for (let y = 0, i = 0; y < side; ++y) {
    for (let x = 0; x < side; ++x, i += 4) {
      data[i] = 128 + 110 * Math.sin((x / side) * 9 + 1) + grain();
      data[i + 1] = 128 + 110 * Math.sin((y / side) * 7 + 2 + x / 17) + grain();
      data[i + 2] = 128 + 110 * Math.sin(((x + y) / side) * 5 + 3) + grain();
      data[i + 3] = 255;
    }
  }
  return { data, width: side, height: side };
}

/** Of all values but alpha. */
export function medianDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < a.length; ++i) if (i % 4 !== 3) counts[Math.abs((a[i] ?? 0) - (b[i] ?? 0))]! += 1;
  const half = (a.length / 4) * 3 / 2;
  let seen = 0;
  return counts.findIndex((count) => (seen += count) >= half);
}
