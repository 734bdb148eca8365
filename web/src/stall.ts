/** Waiting for what may never come: servers accept and then say nothing, and no browser gives up on them. */
import { untilAborted } from './engine/turns.js';
import { BrushworkError } from './errors.js';

const TICK_MS = 5000;
const SILENT_TICKS = 6;

/**
 * The answer, or the reason of `controller`, which is aborted with 'network' if there is none in 30 s. Counts ticks rather than time, so that a
 * page that was frozen does not give up when it wakes.
 */
export async function unlessStalled<T>(answer: Promise<T>, controller = new AbortController()): Promise<T> {
  const { signal } = controller;
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks === SILENT_TICKS) controller.abort(new BrushworkError('network', `nothing came for ${(SILENT_TICKS * TICK_MS) / 1000} s`));
  }, TICK_MS);
  try {
    return await untilAborted(answer, signal, () => signal.reason as Error);
  } finally {
    clearInterval(timer);
  }
}
