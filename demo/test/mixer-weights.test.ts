import { describe, expect, it } from 'vitest';
import { corners, weightsAt } from '../src/panel/mixer-weights.js';

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

describe.each([2, 3, 4])('a pad of %d styles', (count) => {
  it('gives each corner to its style alone', () => {
    corners(count).forEach(([x, y], corner) => {
      weightsAt(count, x, y).forEach((weight, i) => expect(weight).toBeCloseTo(i === corner ? 1 : 0));
    });
  });

  it('has weights of at least 0 that sum to 1 everywhere, and beside the pad', () => {
    for (let x = -0.25; x <= 1.25; x += 0.125) {
      for (let y = -0.25; y <= 1.25; y += 0.125) {
        const weights = weightsAt(count, x, y);
        expect(weights).toHaveLength(count);
        expect(sum(weights)).toBeCloseTo(1);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

it('gives equal weights where the corners are equally far', () => {
  expect(weightsAt(2, 0.5, 0.9)).toEqual([0.5, 0.5]);
  expect(weightsAt(4, 0.5, 0.5)).toEqual([0.25, 0.25, 0.25, 0.25]);
  weightsAt(3, 0.5, 2 / 3).forEach((weight) => expect(weight).toBeCloseTo(1 / 3));
});
