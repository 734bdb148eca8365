/** What the viewer shows, and where. */
import { computed, effect, signal } from '@preact/signals';
import { type Painted, painted } from '../paint/painter.js';
import { photo } from '../app/state.js';
import { type Place, type Size, WHOLE, boxOf, fitScale, within, zoomAt } from './geometry.js';

export const frame = signal<Size>({ width: 0, height: 0 });
const wished = signal<Place>(WHOLE);

export const place = computed<Place>(() => (photo.value ? within(photo.value, frame.value, wished.value) : WHOLE));
export const box = computed(() => (photo.value ? boxOf(photo.value, frame.value, place.value) : undefined));
/** Screen pixels for a pixel of the photo. */
export const scale = computed(() => (photo.value ? fitScale(photo.value, frame.value) * place.value.zoom : 1));

export const setPlace = (next: Place): void => {
  wished.value = next;
};

/** Nearer or further by `factor`, about the middle of the window or a point in it. */
export function zoomBy(factor: number, at = { x: frame.value.width / 2, y: frame.value.height / 2 }): void {
  if (photo.value) wished.value = zoomAt(photo.value, frame.value, place.value, factor, at);
}

export const showWhole = (): void => setPlace(WHOLE);
/** One pixel of the photo on one of the screen. */
export const showActualSize = (): void => zoomBy(1 / devicePixelRatio / scale.value);

/** Where the painting begins, 0 to 1 of the width of the picture that is in sight; left of it is what it is compared with. */
export const split = signal(1);
/** A painting that the present one is compared with, instead of with the photo. */
export const pinned = signal<Painted | undefined>(undefined);

export const REST = 0.32;

let revealing = 0;

/** Draws the painting in from the right. */
export function reveal(): void {
  cancelAnimationFrame(revealing);
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    split.value = REST;
    return;
  }
  const began = performance.now();
  const step = (now: number): void => {
    const t = Math.min(1, Math.max(0, (now - began) / 900));
    split.value = 1 + (REST - 1) * (1 - (1 - t) ** 3);
    if (t < 1) revealing = requestAnimationFrame(step);
  };
  revealing = requestAnimationFrame(step);
}

export function setSplit(value: number): void {
  cancelAnimationFrame(revealing);
  split.value = Math.min(1, Math.max(0, value));
}

/** Another photo is shown whole, and compared with nothing else. */
let shown = photo.peek();
effect(() => {
  if (photo.value === shown) return;
  shown = photo.value;
  wished.value = WHOLE;
  pinned.value = undefined;
});

/** The painting of the photo that is shown, if there is one. */
export const current = computed(() => (painted.value && painted.value.photo === photo.value ? painted.value : undefined));
