/** Drawing by hand where to paint: with a brush, an eraser, or round about with a lasso. */
import { effect, signal } from '@preact/signals';
import { change } from '../app/history.js';
import { type Photo, type Region, photo, settings } from '../app/state.js';

export type Tool = 'none' | 'brush' | 'lasso' | 'eraser';

export const tool = signal<Tool>('none');
/** Of brush and eraser; a part of the photo's longer side. */
export const toolSize = signal(0.12);

/** Of the mask's longer side; edges are soft anyway. */
const LONG_SIDE = 1024;

/** As parts of the photo's width and height. */
export interface Point {
  x: number;
  y: number;
}

/** White where it is to be painted, black elsewhere; what is drawn on while the pointer is down. */
let mask: OffscreenCanvas | undefined;
let stroke: Point[] = [];
let before: ImageData | undefined;
/** Counts up whenever the mask that `overlay` draws has changed. */
export const maskVersion = signal(0);

function emptyMask({ width, height }: Photo, fill: string): OffscreenCanvas {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = contextOf(canvas);
  context.fillStyle = fill;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('this browser has no 2d canvas');
  return context;
}

/** Without a region everything is painted; the first stroke of a brush starts from nothing, of an eraser from everything. */
export function strokeBegin(at: Point): void {
  const of = photo.value;
  if (!of || tool.value === 'none') return;
  mask ??= emptyMask(of, tool.value === 'eraser' ? '#fff' : '#000');
  before = contextOf(mask).getImageData(0, 0, mask.width, mask.height);
  stroke = [at];
  draw();
}

export function strokeTo(at: Point): void {
  if (stroke.length === 0) return;
  stroke.push(at);
  draw();
}

export function strokeEnd(): void {
  if (stroke.length === 0 || !mask) return;
  stroke = [];
  before = undefined;
  change({ region: { mask: contextOf(mask).getImageData(0, 0, mask.width, mask.height) } });
}

/** Takes the stroke back that has not ended. */
export function strokeCancel(): void {
  if (stroke.length === 0) return;
  stroke = [];
  before = undefined;
  take(settings.peek().region);
}

/** The whole stroke anew on what was before it, so that its soft edge does not add up. */
function draw(): void {
  if (!mask || !before) return;
  const context = contextOf(mask);
  const { width, height } = mask;
  context.putImageData(before, 0, 0);
  context.save();
  context.filter = `blur(${Math.round(Math.max(width, height) / 200)}px)`;
  context.fillStyle = context.strokeStyle = tool.value === 'eraser' ? '#000' : '#fff';
  context.lineWidth = toolSize.value * Math.max(width, height);
  context.lineCap = context.lineJoin = 'round';
  const path = new Path2D();
  const [first, ...rest] = stroke as [Point, ...Point[]];
  path.moveTo(first.x * width, first.y * height);
  for (const { x, y } of rest.length > 0 ? rest : [first]) path.lineTo(x * width, y * height);
  if (tool.value === 'lasso') context.fill(path);
  else context.stroke(path);
  context.restore();
  maskVersion.value++;
}

/** Paints where nothing was painted, and the other way round. */
export function invertRegion(): void {
  const { region } = settings.value;
  if (!region) return;
  const { data, width, height } = region.mask;
  const inverted = new ImageData(data.map((value, i) => (i % 4 === 3 ? value : 255 - value)), width, height);
  change({ region: { mask: inverted } });
}

export function clearRegion(): void {
  change({ region: undefined });
}

/** What was drawn, or came back by undo, is what is drawn on next. */
let taken: Region | undefined;
effect(() => {
  const { region } = settings.value;
  if (region !== taken) take(region);
});

function take(region: Region | undefined): void {
  taken = region;
  mask = undefined;
  if (region) {
    mask = new OffscreenCanvas(region.mask.width, region.mask.height);
    contextOf(mask).putImageData(region.mask, 0, 0);
  }
  maskVersion.value++;
}

/** Darkens, on a canvas of the photo's shape, what is not to be painted. */
export function drawOverlay(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return;
  if (!mask) {
    canvas.width = canvas.height = 1;
    return;
  }
  const { width, height } = mask;
  canvas.width = width;
  canvas.height = height;
  const shade = contextOf(mask).getImageData(0, 0, width, height);
  for (let i = 0; i < shade.data.length; i += 4) {
    const outside = 255 - (shade.data[i] ?? 0);
    shade.data.set([10, 12, 20, outside * 0.62], i);
  }
  context.putImageData(shade, 0, 0);
}
