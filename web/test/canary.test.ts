import { expect, it } from 'vitest';
import { type CanaryPath, canaryPicture, medianDifference, tryCanary } from '../src/gpu/canary.js';

/** A path that takes so long for a megapixel, and paints so much too bright. */
function path(milliseconds: number, tooBright = 0): CanaryPath & { painted: number[] } {
  const painted: number[] = [];
  const paint: CanaryPath = async ({ data, width, height }) => {
    painted.push(width);
    return { data: data.map((value, i) => (i % 4 === 3 ? value : Math.min(255, (value >> 1) + tooBright))), milliseconds: (milliseconds * width * height) / 1e6 };
  };
  return Object.assign(paint, { painted });
}

it('takes a GPU that is right and faster', async () => {
  const verdict = await tryCanary(path(20), path(200), true);
  expect(verdict).toMatchObject({ isRight: true, isFaster: true });
  expect(verdict.reason).toMatch(/by 0 of 255 in the median; it takes 5 ms for 512×512 pixels, the CPU 52 ms for 512×512/);
});

it('leaves one that is right and slower', async () => {
  expect(await tryCanary(path(300), path(200), true)).toMatchObject({ isRight: true, isFaster: false });
});

it('does not paint the larger picture on one that is hopelessly slow', async () => {
  const gpu = path(200_000);
  expect(await tryCanary(gpu, path(200), true)).toMatchObject({ isRight: true, isFaster: false });
  expect(gpu.painted).toEqual([64, 64]);
});

it.each([[3, true], [4, false]])('with a median difference of %d is right: %s', async (difference, isRight) => {
  const gpu = path(20, difference);
  const verdict = await tryCanary(gpu, path(200), true);
  expect(verdict.isRight).toBe(isRight);
  expect(verdict.reason).toContain(`by ${difference} of 255`);
  if (!isRight) expect(gpu.painted).toEqual([64]);
});

it('is not timed where the GPU was asked for', async () => {
  const [gpu, cpu] = [path(20), path(200)];
  expect(await tryCanary(gpu, cpu, false)).toMatchObject({ isRight: true, isFaster: undefined });
  expect([gpu.painted, cpu.painted]).toEqual([[64], [64]]);
});

it('fails if a path fails', async () => {
  await expect(tryCanary(() => Promise.reject(new Error('lost')), path(1), true)).rejects.toThrow('lost');
});

it('paints a picture with something of everything', () => {
  const { data, width, height } = canaryPicture(64);
  expect(data.length).toBe(width * height * 4);
  for (const channel of [0, 1, 2]) {
    const values = data.filter((_, i) => i % 4 === channel);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(150);
  }
});

it('takes the median of the colours', () => {
  const pixels = (...values: number[]): Uint8ClampedArray => new Uint8ClampedArray(values);
  expect(medianDifference(pixels(1, 2, 3, 255), pixels(1, 2, 3, 0))).toBe(0);
  expect(medianDifference(pixels(10, 20, 30, 255), pixels(11, 25, 130, 255))).toBe(5);
});
