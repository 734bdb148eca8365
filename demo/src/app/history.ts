/** Undo and redo. What a slider, or the point on the mixer's pad, does on its way is one step; whatever is chosen or drawn is a step of its own. */
import { computed, signal } from '@preact/signals';
import { type Look, type Photo, type Settings, type Sheet, sheet } from './state.js';

const MOST = 50;
const ONE_STEP = 1200; // milliseconds

const past = signal<Sheet[]>([]);
const future = signal<Sheet[]>([]);
let last = { what: '', when: -Infinity };

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

function step(next: Sheet, what: string): void {
  const now = performance.now();
  const continues = what !== '' && what === last.what && now - last.when < ONE_STEP && past.value.length > 0;
  last = { what, when: now };
  if (!continues) past.value = [...past.value, sheet.value].slice(-MOST);
  future.value = [];
  sheet.value = next;
}

const mixed = (look: Look | undefined): string => (look?.kind === 'mix' ? look.ids.join() : '');

/** What slides from one settings to the next; empty for a choice. */
function sliding(before: Settings, update: Partial<Settings>): string {
  if (update.look) return mixed(update.look) === mixed(before.look) ? mixed(update.look) : '';
  return ['strength', 'preserveColor', 'brush'].filter((name) => name in update).join();
}

export function change(update: Partial<Settings>): void {
  const before = sheet.value.settings;
  step({ ...sheet.value, settings: { ...before, ...update } }, sliding(before, update));
}

/** What belongs to the page rather than to the user's hand, and so is no step: the first sample, the first style. */
export function begin(update: Partial<Settings>, photo?: Photo): void {
  sheet.value = { photo: photo ?? sheet.value.photo, settings: { ...sheet.value.settings, ...update } };
}

/** A new photo is painted whole. */
export function changePhoto(photo: Photo): void {
  step({ photo, settings: { ...sheet.value.settings, region: undefined } }, '');
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
