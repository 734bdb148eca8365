import { describe, expect, it } from 'vitest';
import { cutRows, haloOf, probeOf, rowsToRead } from '../src/engine/segments.js';

const halo = haloOf(probeOf(1000), { begin: 1960, end: 2098 });

describe('cutRows', () => {
  const sizes = [[1, 1], [256, 256], [1024, 1024], [4000, 33], [33, 4000], [3000, 2000], [6000, 4000], [10000, 10000], [2, 50000]] as const;
  const cases = sizes.flatMap(([width, height]) => [1, 2, 3, 8].map((workers) => [width, height, workers] as const));

  it.each(cases)('covers %i×%i for %i workers, every row once', (width, height, workers) => {
    const segments = cutRows(width, height, workers, halo);
    expect(segments[0]?.begin).toBe(0);
    expect(segments.at(-1)?.end).toBe(height);
    segments.forEach(({ begin, end }, i) => {
      expect(end).toBeGreaterThan(begin);
      if (i > 0) expect(begin).toBe(segments[i - 1]?.end);
    });
  });

  it('gives each worker one where the picture is small, and several where it is large', () => {
    expect(cutRows(1024, 1024, 2, halo)).toHaveLength(2);
    expect(cutRows(6000, 4000, 2, halo).length).toBeGreaterThanOrEqual(6);
    expect(cutRows(6000, 4000, 2, halo).length % 2).toBe(0);
  });

  it('leaves a picture whole that is not worth the cuts', () => {
    expect(cutRows(300, 90, 8, halo)).toEqual([{ begin: 0, end: 90 }]);
  });

  it('gives the ends more, since they have one neighbour', () => {
    const [first, second] = cutRows(1024, 1024, 2, { before: 160, after: 32 });
    expect((first?.end ?? 0) - (second?.end ?? 0) + (second?.begin ?? 0)).toBeGreaterThan(0);
  });

  it('keeps segments small however large the picture', () => {
    for (const { begin, end } of cutRows(10000, 10000, 2, halo)) expect((end - begin) * 10000 * 4).toBeLessThan(10 << 20);
  });
});

it('probes pictures that may be', () => {
  for (const width of [1, 3000, 65535]) {
    const { height, rows } = probeOf(width);
    expect(height * width).toBeLessThanOrEqual(100_000_000);
    expect(rows.begin).toBeGreaterThanOrEqual(512);
    expect(rows.end).toBeLessThan(height);
  }
});

it('sends the rows that a segment needs, and none that are not there', () => {
  expect(halo).toEqual({ before: 88, after: 34 });
  expect(rowsToRead(1000, { begin: 0, end: 100 }, halo)).toEqual({ begin: 0, end: 150 });
  const { begin, end } = rowsToRead(1000, { begin: 600, end: 980 }, halo);
  expect(begin).toBeLessThanOrEqual(512);
  expect(end).toBe(1000);
});
