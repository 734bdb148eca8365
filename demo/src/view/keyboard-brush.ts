/** Drawing a region without a pointer: arrows move a point over the picture, the space bar puts brush, lasso or eraser down and lifts it. */
import { effect, signal } from '@preact/signals';
import { type Photo, photo } from '../app/state.js';
import { panBy } from './geometry.js';
import { type Point, strokeBegin, strokeCancel, strokeEnd, strokeTo, tool } from './region.js';
import { box, frame, place, setPlace } from './view-state.js';

/** Where the keyboard's brush is; none before the first key, and once a pointer draws. */
export const brushPoint = signal<Point | undefined>(undefined);
export const brushDown = signal(false);

/** Parts of the photo's longer side for each press, and with Shift. */
const STEP = 0.02;
const LEAP = 0.1;
/** CSS pixels between the point and the window's edge, where the picture is larger than the window. */
const ROOM = 40;

const DIRECTIONS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Keys on the stage while a tool is chosen. Returns whether it was one of the brush's. */
export function handleBrushKey(key: string, far: boolean): boolean {
  const of = photo.value;
  if (!of || tool.value === 'none') return false;
  const direction = DIRECTIONS[key];
  if (direction) move(of, direction, far ? LEAP : STEP);
  else if (key === ' ' || key === 'Enter') press();
  else if (key === 'Escape' && brushDown.value) cancel();
  else return false;
  return true;
}

function move({ width, height }: Photo, [right, down]: [number, number], step: number): void {
  const { x, y } = brushPoint.value ?? { x: 0.5, y: 0.5 };
  const length = step * Math.max(width, height);
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  const to = { x: within(x + (right * length) / width), y: within(y + (down * length) / height) };
  brushPoint.value = to;
  if (brushDown.value) strokeTo(to);
  keepInSight(to);
}

function press(): void {
  const at = (brushPoint.value ??= { x: 0.5, y: 0.5 });
  if (brushDown.value) return liftBrush();
  brushDown.value = true;
  strokeBegin(at);
}

function cancel(): void {
  brushDown.value = false;
  strokeCancel();
}

/** Ends the stroke, if there is one. */
export function liftBrush(): void {
  if (!brushDown.value) return;
  brushDown.value = false;
  strokeEnd();
}

/** A pointer takes over. */
export function putBrushAway(): void {
  liftBrush();
  brushPoint.value = undefined;
}

function keepInSight({ x, y }: Point): void {
  const at = box.value;
  if (!at || !photo.value) return;
  const beyond = (value: number, room: number): number => Math.min(0, value - ROOM) || Math.max(0, value - (room - ROOM));
  const dx = beyond(at.left + x * at.width, frame.value.width);
  const dy = beyond(at.top + y * at.height, frame.value.height);
  if (dx || dy) setPlace(panBy(photo.value, frame.value, place.value, -dx, -dy));
}

/** Another tool or photo is another stroke. */
let was = { tool: tool.peek(), photo: photo.peek() };
effect(() => {
  const now = { tool: tool.value, photo: photo.value };
  if (now.tool === was.tool && now.photo === was.photo) return;
  if (brushDown.peek()) cancel();
  if (now.tool === 'none' || now.photo !== was.photo) brushPoint.value = undefined;
  was = now;
});
