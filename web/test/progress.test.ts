import { expect, it, vi } from 'vitest';
import { ProgressReporter, sumProgress } from '../src/progress.js';
import type { Progress } from '../src/types.js';

it('never goes back, and ends at 1', () => {
  const seen: Progress[] = [];
  const progress = new ProgressReporter((p) => seen.push(p), { decode: [0, 0.5], paint: [0.5, 1] });
  progress.report('decode', 1, 1);
  progress.report('paint', 5, 10);
  progress.report('paint', 2, 10);
  progress.finish();
  progress.report('paint', 10, 10);
  expect(seen.map((p) => p.fraction)).toEqual([0.5, 0.75, 0.75, 1]);
  expect(seen.at(-1)).toEqual({ stage: 'paint', done: 10, total: 10, fraction: 1 });
});

it('is silent after a failure', () => {
  const seen: Progress[] = [];
  const progress = new ProgressReporter((p) => seen.push(p), { paint: [0, 1] });
  progress.stop();
  progress.report('paint', 1, 1);
  progress.finish();
  expect(seen).toEqual([]);
});

it('guards other callbacks: silent after the end, whatever they throw', () => {
  const uncaught: (() => void)[] = [];
  vi.stubGlobal('queueMicrotask', (task: () => void) => uncaught.push(task));
  const seen: number[] = [];
  const progress = new ProgressReporter(undefined, {});
  const show = progress.guard((value: number) => seen.push(value));
  show(1);
  progress.guard(() => {
    throw new Error('mine');
  })(0);
  vi.unstubAllGlobals();
  progress.stop();
  show(2);
  expect(seen).toEqual([1]);
  expect(uncaught).toHaveLength(1);
  expect(uncaught[0]).toThrow('mine');
});

it('sums up parts by their sizes', () => {
  const seen: number[][] = [];
  const [large, small, nothing] = sumProgress((_, done, total) => seen.push([done, total]), [300, 100, 0]);
  small?.('download', 10, 10);
  large?.('download', 50, 100);
  nothing?.('download', 7, 7);
  large?.('download', 0, 0);
  large?.('download', 100, 100);
  expect(seen).toEqual([[100, 400], [250, 400], [250, 400], [100, 400], [400, 400]]);
});
