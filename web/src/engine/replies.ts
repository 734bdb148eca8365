/** Outcomes as exceptions and exceptions as outcomes. */
import * as Comlink from 'comlink';
import { BrushworkError, toBrushworkError } from '../errors.js';
import type { EngineNumbers, Failure, Outcome, Reply } from './protocol.js';

/** The value, or the failure as an exception. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if ('code' in outcome) throw new BrushworkError(outcome.code, outcome.message);
  return outcome.value;
}

/** JavaScript's own arrays may be refused, too. */
export function isAllocationFailure(error: unknown): error is RangeError {
  return error instanceof RangeError && /alloc|array length/i.test(error.message);
}

/** What another thread is told of an exception. */
export function failureOf(error: unknown): Failure {
  if (isAllocationFailure(error)) return { code: 'out-of-memory', message: `the browser refused memory: ${error.message}` };
  const { code, message } = toBrushworkError(error);
  return { code, message };
}

/** A reply whose pixels are handed over, not copied. */
export function replyWith<T>(outcome: Outcome<T>, numbers: EngineNumbers): Reply<T> {
  return Comlink.transfer({ outcome, numbers }, buffersOf(outcome));
}

function buffersOf(outcome: Outcome<unknown>): Transferable[] {
  if (!('value' in outcome)) return [];
  const { value } = outcome;
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value === 'object' && value !== null && 'data' in value && value.data instanceof Uint8ClampedArray) {
    return [value.data.buffer as ArrayBuffer];
  }
  return [];
}
