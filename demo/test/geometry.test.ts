import { describe, expect, it } from 'vitest';
import { WHOLE, boxOf, panBy, within, zoomAt } from '../src/view/geometry.js';

const picture = { width: 4000, height: 3000 };
const frame = { width: 800, height: 500 };

/** The point of the picture, 0 to 1, at a point of the window. */
function under(place: typeof WHOLE, x: number, y: number): [number, number] {
  const box = boxOf(picture, frame, place);
  return [(x - box.left) / box.width, (y - box.top) / box.height];
}

describe('the whole picture', () => {
  it('fits, in the middle, with its own ratio', () => {
    const { left, top, width, height } = boxOf(picture, frame, WHOLE);
    expect(width / height).toBeCloseTo(4 / 3);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(left * 2 + width).toBeCloseTo(frame.width);
    expect(top * 2 + height).toBeCloseTo(frame.height);
  });

  it('is not blown up much if it is tiny', () => {
    expect(boxOf({ width: 10, height: 10 }, frame, WHOLE).width).toBe(30);
  });
});

describe('zooming', () => {
  it('keeps the point under the pointer', () => {
    const before = { zoom: 3, x: 0.5, y: 0.5 };
    const after = zoomAt(picture, frame, before, 1.7, { x: 300, y: 220 });
    expect(after.zoom).toBeCloseTo(5.1);
    under(before, 300, 220).forEach((value, i) => expect(under(after, 300, 220)[i]).toBeCloseTo(value));
  });

  it('ends at the whole picture, and where a pixel is large enough', () => {
    expect(zoomAt(picture, frame, WHOLE, 1e-6, { x: 5, y: 5 })).toEqual(WHOLE);
    const nearest = zoomAt(picture, frame, WHOLE, 1e6, { x: 400, y: 250 });
    expect(boxOf(picture, frame, nearest).width).toBeCloseTo(8 * picture.width);
  });
});

describe('panning', () => {
  it('moves the picture with the pointer', () => {
    const before = { zoom: 4, x: 0.5, y: 0.5 };
    const after = panBy(picture, frame, before, 40, -30);
    expect(boxOf(picture, frame, after).left).toBeCloseTo(boxOf(picture, frame, before).left + 40);
    expect(boxOf(picture, frame, after).top).toBeCloseTo(boxOf(picture, frame, before).top - 30);
  });

  it('stops at the edges', () => {
    const { left } = boxOf(picture, frame, panBy(picture, frame, { zoom: 4, x: 0.5, y: 0.5 }, 1e5, 0));
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThan(40);
    expect(within(picture, frame, { zoom: 1, x: 0.9, y: 0.1 })).toEqual(WHOLE);
  });
});
