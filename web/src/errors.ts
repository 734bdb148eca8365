/** Why a call was rejected. `BrushworkError.code` is one of these. */
export type ErrorCode =
  | 'aborted' // the signal; also an AbortError by name
  | 'invalid-argument' // says which, got what, needed what
  | 'unsupported-image' // not a picture we decode, or damaged
  | 'image-too-large' // refused before allocating
  | 'unsupported-model' // names the node, the operator and what is supported
  | 'invalid-model' // damaged or inconsistent ONNX; names the place
  | 'incompatible-styles'
  | 'out-of-memory'
  | 'network' // which URL, which status
  | 'unsupported-environment' // e.g. no WebAssembly SIMD
  | 'disposed'
  | 'internal';

/** Every rejection of this package. After any of them the engine still works, save 'disposed'. */
export class BrushworkError extends Error {
  /** What kind of error it is; the message says the rest. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code === 'aborted' ? 'AbortError' : 'BrushworkError';
    this.code = code;
  }
}

/** The rejection of a call whose signal fired; the signal's own reason is the cause. */
export function abortError(signal?: AbortSignal): BrushworkError {
  return new BrushworkError('aborted', 'aborted by the caller', { cause: signal?.reason });
}

export function disposedDuringCall(): BrushworkError {
  return new BrushworkError('disposed', 'the engine was disposed of during the call');
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

export function invalidArgument(name: string, got: unknown, needed: string): BrushworkError {
  return new BrushworkError('invalid-argument', `${name}: got ${describe(got)}, needed ${needed}`);
}

/** A value in a few words, for messages. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length <= 4 ? `[${value.map(describe).join(', ')}]` : `an array of ${value.length}`;
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== 'Object' && name !== '' ? `a ${name}` : 'an object';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What was thrown when something that a caller had handed over was read: a buffer that is detached, say. */
export function unreadable(name: string, error: unknown): BrushworkError {
  if (error instanceof BrushworkError) return error;
  const code = error instanceof RangeError ? 'out-of-memory' : 'invalid-argument';
  return new BrushworkError(code, `${name}: could not be read: ${messageOf(error)}`, { cause: error });
}

/** Whatever was thrown, as an error of ours. */
export function toBrushworkError(error: unknown): BrushworkError {
  if (error instanceof BrushworkError) return error;
  return new BrushworkError('internal', messageOf(error), { cause: error });
}
