import { abortError } from '../errors.js';

/** Lets one call at a time have the engine, in the order in which they came. */
export class Turns {
  private tail: Promise<void> = Promise.resolve();

  /** Runs `work` after everything that asked before it, whether that went well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work);
    this.tail = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  }
}

type Immediate = (callback: () => void) => unknown;

/** Resolves in a new macrotask, so that messages (a cancellation, say) are handled first. Timers would wait 4 ms each. */
export function macrotask(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: Immediate }).setImmediate;
  return new Promise((resolve) => {
    if (immediate) {
      immediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** The promise, or an abortion if that comes first. Nothing of it stays with the signal. */
export function untilAborted<T>(
  promise: Promise<T>, signal: AbortSignal | undefined, failure: () => Error = () => abortError(signal),
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(failure());
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });
}
