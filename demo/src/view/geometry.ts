/** Where the picture lies in its window. Lengths in CSS pixels. */

export interface Size {
  width: number;
  height: number;
}

/** `zoom` 1: the whole picture fits. `x`, `y`: which point of the picture, 0 to 1, is in the middle of the window. */
export interface Place {
  zoom: number;
  x: number;
  y: number;
}

export interface Box extends Size {
  left: number;
  top: number;
}

export const WHOLE: Place = { zoom: 1, x: 0.5, y: 0.5 };
const MARGIN = 16;
/** One pixel of the picture is at most so large. */
const LARGEST_PIXEL = 8;
/** Small pictures are shown larger than they are, but not by more. */
const LARGEST_FIT = 3;

/** CSS pixels a pixel of the picture takes when the whole fits. */
export function fitScale(picture: Size, frame: Size): number {
  const room = { width: Math.max(1, frame.width - 2 * MARGIN), height: Math.max(1, frame.height - 2 * MARGIN) };
  return Math.min(room.width / picture.width, room.height / picture.height, LARGEST_FIT);
}

export function boxOf(picture: Size, frame: Size, { zoom, x, y }: Place): Box {
  const scale = fitScale(picture, frame) * zoom;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: frame.width / 2 - x * width, top: frame.height / 2 - y * height, width, height };
}

/** The nearest place that shows no more emptiness than it must. */
export function within(picture: Size, frame: Size, place: Place): Place {
  const fit = fitScale(picture, frame);
  const zoom = Math.min(Math.max(1, place.zoom), Math.max(1, LARGEST_PIXEL / fit));
  const half = (side: number, room: number): number => Math.min(0.5, room / 2 / (side * fit * zoom));
  const [h, v] = [half(picture.width, frame.width - 2 * MARGIN), half(picture.height, frame.height - 2 * MARGIN)];
  return { zoom, x: Math.min(1 - h, Math.max(h, place.x)), y: Math.min(1 - v, Math.max(v, place.y)) };
}

/** `factor` nearer, such that the point of the picture at `at` in the window stays there. */
export function zoomAt(picture: Size, frame: Size, place: Place, factor: number, at: { x: number; y: number }): Place {
  const box = boxOf(picture, frame, place);
  const point = { x: (at.x - box.left) / box.width, y: (at.y - box.top) / box.height };
  const zoom = within(picture, frame, { ...place, zoom: place.zoom * factor }).zoom;
  const scale = fitScale(picture, frame) * zoom;
  const middle = {
    x: point.x + (frame.width / 2 - at.x) / (picture.width * scale),
    y: point.y + (frame.height / 2 - at.y) / (picture.height * scale),
  };
  return within(picture, frame, { zoom, ...middle });
}

export function panBy(picture: Size, frame: Size, place: Place, dx: number, dy: number): Place {
  const box = boxOf(picture, frame, place);
  return within(picture, frame, { ...place, x: place.x - dx / box.width, y: place.y - dy / box.height });
}
