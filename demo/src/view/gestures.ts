/** Fingers, mouse and wheel on the picture. */
import { photo } from '../app/state.js';
import { panBy } from './geometry.js';
import { putBrushAway } from './keyboard-brush.js';
import { type Point, tool, strokeBegin, strokeEnd, strokeTo } from './region.js';
import { box, frame, place, setPlace, setSplit, zoomBy } from './view-state.js';

const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** A point of the window as a part of the photo, 0 to 1. */
function onPhoto({ x, y }: Point): Point {
  const at = box.value;
  return at ? { x: (x - at.left) / at.width, y: (y - at.top) / at.height } : { x: 0, y: 0 };
}

/** Where a point of the window is between the left and the right of the picture in sight. */
export function splitAt(x: number): number {
  const at = box.value;
  if (!at) return 1;
  const left = Math.max(0, at.left);
  const right = Math.min(frame.value.width, at.left + at.width);
  return (x - left) / Math.max(1, right - left);
}

/** Listens on the stage until the returned function is called. */
export function listenForGestures(stage: HTMLElement): () => void {
  const pointers = new Map<number, Point>();
  const ended = new AbortController();
  const { signal } = ended;
  let drawing = false;

  const pointOf = (event: MouseEvent): Point => {
    const { left, top } = stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const drag = (from: Point, to: Point): void => {
    if (drawing) strokeTo(onPhoto(to));
    else if (place.value.zoom > 1 && photo.value) setPlace(panBy(photo.value, frame.value, place.value, to.x - from.x, to.y - from.y));
    else setSplit(splitAt(to.x));
  };

  const pinch = (id: number, to: Point): void => {
    const [first, second] = [...pointers.keys()];
    const other = pointers.get(id === first ? (second ?? -1) : (first ?? -1));
    const from = pointers.get(id);
    if (!other || !from || !photo.value) return;
    const [before, after] = [middle(from, other), middle(to, other)];
    setPlace(panBy(photo.value, frame.value, place.value, after.x - before.x, after.y - before.y));
    zoomBy(apart(to, other) / Math.max(1, apart(from, other)), after);
  };

  stage.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || (event.target as Element).closest('button, [role=slider], input, label, a')) return;
    stage.setPointerCapture(event.pointerId);
    putBrushAway();
    pointers.set(event.pointerId, pointOf(event));
    if (pointers.size === 1 && tool.value !== 'none' && photo.value) {
      drawing = true;
      strokeBegin(onPhoto(pointOf(event)));
    } else if (drawing) {
      drawing = false;
      strokeEnd();
    }
  }, { signal });

  stage.addEventListener('pointermove', (event) => {
    const from = pointers.get(event.pointerId);
    if (!from) return;
    const to = pointOf(event);
    if (pointers.size === 1) drag(from, to);
    else if (pointers.size === 2) pinch(event.pointerId, to);
    pointers.set(event.pointerId, to);
  }, { signal });

  const leave = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId) || !drawing) return;
    drawing = false;
    strokeEnd();
  };
  stage.addEventListener('pointerup', leave, { signal });
  stage.addEventListener('pointercancel', leave, { signal });

  stage.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), pointOf(event));
  }, { signal, passive: false });

  stage.addEventListener('dblclick', (event) => {
    if (tool.value === 'none') zoomBy(place.value.zoom > 1 ? 1e-9 : 3, pointOf(event));
  }, { signal });

  return () => ended.abort();
}

const PAN_STEP = 60;

/** Keys on the stage: + and − zoom, 0 shows all, arrows pan (or move the split while all is in sight). Returns whether it was one. */
export function handleKey(key: string): boolean {
  const pan = (dx: number, dy: number): void => {
    if (photo.value) setPlace(panBy(photo.value, frame.value, place.value, dx, dy));
  };
  const actions: Record<string, () => void> = {
    '+': () => zoomBy(1.25),
    '=': () => zoomBy(1.25),
    '-': () => zoomBy(0.8),
    '0': () => zoomBy(1e-9),
    ArrowLeft: () => pan(PAN_STEP, 0),
    ArrowRight: () => pan(-PAN_STEP, 0),
    ArrowUp: () => pan(0, PAN_STEP),
    ArrowDown: () => pan(0, -PAN_STEP),
  };
  actions[key]?.();
  return key in actions;
}
