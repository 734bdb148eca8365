import { expect, it } from 'vitest';
import { FrameMeter, clock, secondsLeft } from '../src/video/figures.js';
import { FRAME_MILLISECONDS, SIZES, maxPixels, pace, startPacing } from '../src/video/pacing.js';

/** Milliseconds for the `i`th frame, of so many pixels. */
type Machine = (pixels: number, i: number) => number;

/** The sizes that a machine is given, frame by frame. */
function run(machine: Machine, frames: number, state = startPacing()) {
  const sizes: number[] = [];
  for (let i = 0; i < frames; ++i) {
    state = pace(state, machine(maxPixels(state), i));
    sizes.push(maxPixels(state));
  }
  return { state, sizes };
}

const linear = (perMegapixel: number): Machine => (pixels) => 3 + (perMegapixel * pixels) / 1e6;
const changes = (sizes: number[]): number => sizes.filter((size, i) => i > 0 && size !== sizes[i - 1]).length;

it('every machine ends at the largest size that it paints fluently, and stays there', () => {
  for (const perMegapixel of [5, 20, 35, 60, 90, 150, 300, 500, 750]) {
    const machine = linear(perMegapixel);
    const { state, sizes } = run(machine, 200);
    expect(machine(maxPixels(state), 0), `${perMegapixel} ms a megapixel`).toBeLessThanOrEqual(FRAME_MILLISECONDS);
    expect(changes(sizes.slice(100)), `${perMegapixel} ms a megapixel`).toBe(0);
    const next = SIZES[state.size + 1];
    // Not smaller than need be: the next size would leave no room.
    if (next) expect(machine(next, 0)).toBeGreaterThan(0.75 * FRAME_MILLISECONDS);
  }
});

it('a machine too slow for any size paints the smallest', () => {
  const { state } = run(linear(3000), 100);
  expect(maxPixels(state)).toBe(SIZES[0]);
});

it('frames that vary do not make the size alternate', () => {
  // 28 % up and down, as a busy machine has it.
  const noisy: Machine = (pixels, i) => linear(100)(pixels, i) * (1 + 0.28 * Math.sin(12.9898 * (i + 1)));
  const { sizes } = run(noisy, 1200);
  expect(changes(sizes.slice(100))).toBeLessThanOrEqual(2);
});

it('one slow frame changes nothing, a machine that slows down does', () => {
  const { state } = run(linear(60), 200);
  const once = run((pixels, i) => (i === 20 ? 90 : linear(60)(pixels, i)), 60, state);
  expect(once.state.size).toBe(state.size);
  const hot = run(linear(240), 60, state);
  expect(hot.state.size).toBeLessThan(state.size);
  const cool = run(linear(60), 1000, hot.state);
  expect(cool.state.size).toBe(state.size);
});

it('a size that failed is tried again ever more rarely', () => {
  // Looks affordable from below, and is not.
  const steep: Machine = (pixels) => (pixels <= 0.2e6 ? 20 : 70);
  const { sizes } = run(steep, 4000);
  const tries = sizes.map((size, i) => [size, i] as const).filter(([size, i]) => size > 0.2e6 && (sizes[i - 1] ?? 0) <= 0.2e6).map(([, i]) => i);
  expect(tries.length).toBeGreaterThan(1);
  expect(tries.length).toBeLessThan(8);
  const pauses = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
});

it('figures: rate over the last moments, time left, clock', () => {
  const meter = new FrameMeter();
  expect(meter.figures()).toBeUndefined();
  for (let i = 0; i < 100; ++i) meter.add(1000 + 100 * i, 30, 64, 48);
  for (let i = 1; i <= 100; ++i) meter.add(10_900 + 40 * i, 20, 32, 24);
  expect(meter.figures()).toEqual({ rate: expect.closeTo(25, 5), milliseconds: expect.closeTo(20, 5), width: 32, height: 24 });
  expect(secondsLeft(0.25, 10)).toBeCloseTo(30, 5);
  expect(secondsLeft(0.001, 10)).toBeUndefined();
  expect([7, 59.6, 750, 3750].map(clock)).toEqual(['0:07', '1:00', '12:30', '1:02:30']);
});
