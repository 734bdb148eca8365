/**
 * Keeps the painting as the sheet wants it: every change paints again. What another choice has made useless is cancelled; a slider that
 * moves on does not cancel, else a painting would never be finished under it.
 */
import type { Brushwork, PaintedRows, Painting, Stage } from 'brushwork';
import { effect, signal } from '@preact/signals';
import { engine } from '../app/engine.js';
import { isAbort } from '../app/failures.js';
import { resolve } from '../app/looks.js';
import { type Photo, type Settings, type Sheet, sheet } from '../app/state.js';
import { until } from '../app/until.js';
import { type Shortfall, paintToFit } from './fit.js';

export type Job =
  | { state: 'idle' | 'done' | 'stopped' }
  | { state: 'busy'; stage: Stage; fraction: number }
  | { state: 'failed'; error: unknown };

export interface Painted {
  painting: Painting;
  photo: Photo;
  settings: Settings;
  /** From the wish to the painting. */
  milliseconds: number;
  shortfall: Shortfall | undefined;
}

export const job = signal<Job>({ state: 'idle' });
/** The last painting that was finished. */
export const painted = signal<Painted | undefined>(undefined);

/** A moving slider waits for paintings that take no longer than this. */
const PATIENCE = 900; // milliseconds

type BandListener = (rows: PaintedRows, photo: Photo) => void;
const listeners = new Set<BandListener>();

/** Calls back with rows of the painting under way, as they are painted. Returns what ends it. */
export function onBand(listener: BandListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let running: { sheet: Sheet; controller: AbortController } | undefined;
let waiting = false;

/** Same photo, size and styles: what differs is a slider, or the place on the mixer's pad. */
function isSliding(a: Sheet, b: Sheet): boolean {
  const ids = ({ settings: { look } }: Sheet): string => (look?.kind === 'mix' ? look.ids.join() : (look?.id ?? ''));
  return a.photo === b.photo && a.settings.maxPixels === b.settings.maxPixels && a.settings.region === b.settings.region && ids(a) === ids(b);
}

function want(wanted: Sheet): void {
  if (!wanted.photo || !wanted.settings.look) return;
  if (running && isSliding(running.sheet, wanted) && (painted.peek()?.milliseconds ?? 0) < PATIENCE) {
    waiting = true;
    return;
  }
  running?.controller.abort();
  void paint(wanted);
}

async function paint(wanted: Sheet): Promise<void> {
  const { photo, settings } = wanted;
  if (!photo || !settings.look) return;
  const mine = { sheet: wanted, controller: new AbortController() };
  running = mine;
  waiting = false;
  const began = performance.now();
  job.value = { state: 'busy', stage: 'compile', fraction: 0 };
  try {
    const fitted = await stylize(await engine, photo, settings, mine.controller.signal, () => running === mine);
    if (running !== mine) return;
    painted.value = { ...fitted, photo, settings, milliseconds: performance.now() - began };
    job.value = { state: 'done' };
  } catch (error) {
    if (running !== mine) return;
    job.value = isAbort(error) ? { state: 'stopped' } : { state: 'failed', error };
  }
  running = undefined;
  if (waiting) void paint(sheet.peek());
}

async function stylize(
  ready: Brushwork, photo: Photo, { look, region, ...settings }: Settings, signal: AbortSignal, isCurrent: () => boolean,
): Promise<{ painting: Painting; shortfall: Shortfall | undefined }> {
  if (!look) throw new Error('there is no style to paint with');
  return paintToFit(ready, photo, {
    ...settings,
    style: await resolve(ready, look, signal),
    mask: region?.mask,
    signal,
    onProgress: ({ stage, fraction }) => {
      if (isCurrent()) job.value = { state: 'busy', stage, fraction };
    },
    onRows: (rows) => {
      if (isCurrent()) for (const listener of listeners) listener(rows, photo);
    },
  });
}

/** Paints from now on whatever the sheet says. */
export function startPainter(): void {
  effect(() => want(sheet.value));
}

export function cancel(): void {
  waiting = false;
  running?.controller.abort();
}

export const paintAgain = (): void => want(sheet.peek());

/** Resolves when nothing is being painted. */
export const idle = (): Promise<void> => until(() => job.value.state !== 'busy');
