/** Undo and redo. Changes of one thing that follow each other at once, as a slider makes them, are one step. */
import { computed, signal } from '@preact/signals';
import { type Photo, type Settings, type Sheet, sheet } from './state.js';

const MOST = 50;
const ONE_STEP = 1200; // milliseconds

const past = signal<Sheet[]>([]);
const future = signal<Sheet[]>([]);
let last = { what: '', when: -Infinity };

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

function step(next: Sheet, what: string): void {
  const now = performance.now();
  const continues = what === last.what && now - last.when < ONE_STEP && past.value.length > 0;
  last = { what, when: now };
  if (!continues) past.value = [...past.value, sheet.value].slice(-MOST);
  future.value = [];
  sheet.value = next;
}

export function change(update: Partial<Settings>): void {
  const settings = { ...sheet.value.settings, ...update };
  step({ ...sheet.value, settings }, Object.keys(update).sort().join());
}

/** What belongs to the page rather than to the user's hand, and so is no step: the first sample, the first style. */
export function begin(update: Partial<Settings>, photo?: Photo): void {
  sheet.value = { photo: photo ?? sheet.value.photo, settings: { ...sheet.value.settings, ...update } };
}

/** A new photo is painted whole. */
export function changePhoto(photo: Photo): void {
  step({ photo, settings: { ...sheet.value.settings, region: undefined } }, `photo ${photo.id}`);
}

function move(from: typeof past, to: typeof past): void {
  const target = from.value.at(-1);
  if (!target) return;
  from.value = from.value.slice(0, -1);
  to.value = [...to.value, sheet.value];
  last = { what: '', when: -Infinity };
  sheet.value = target;
}

export const undo = (): void => move(past, future);
export const redo = (): void => move(future, past);
