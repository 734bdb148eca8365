/** Where a point on the mixer's pad lies between the styles at its corners. `x` and `y` run from 0 to 1, right and down. */

/**
 * The corners of a pad of two to four styles: two at its left and right, three at the top and below, four in the corners.
 */
export function corners(count: number): [x: number, y: number][] {
  if (count <= 1) return [[0.5, 0.5]];
  if (count === 2) return [[0, 0.5], [1, 0.5]];
  if (count === 3) return [[0.5, 0], [0, 1], [1, 1]];
  return [[0, 0], [1, 0], [0, 1], [1, 1]];
}

/** The weights of the corners at a point; at least 0, their sum is 1. */
export function weightsAt(count: number, x: number, y: number): number[] {
  const [u, v] = [clamp(x), clamp(y)];
  if (count <= 1) return [1];
  if (count === 2) return [1 - u, u];
  if (count === 4) return [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v];
  // Barycentric coordinates; beside the triangle, of the nearest point on its edge.
  const top = 1 - v;
  const left = clamp(1 - u - top / 2, 0, v);
  return [top, left, v - left];
}

function clamp(value: number, least = 0, most = 1): number {
  return Math.min(most, Math.max(least, value));
}
