/** Options as callers give them, checked and completed. Every error names the option, what it got and what it needed. */
import { BrushworkError, describe, invalidArgument } from './errors.js';
import type { GeneratorOptions, PaintSettings, StartRequest } from './engine/protocol.js';
import type { BackendRequest } from './features.js';
import type { Call, CreateOptions, ModelOptions, StylizeOptions } from './types.js';

/** Options of later versions. Giving the value that means "no" is allowed. */
const NOT_YET: Record<string, readonly unknown[]> = {
  preserveColor: [false, 0],
  mask: [],
  brush: [1],
  cache: [false],
};

/** Rejects options that would be ignored: misspelt ones, and those of later versions. */
function checkNames(what: string, options: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name) || value === undefined) continue;
    const harmless = NOT_YET[name];
    if (harmless?.includes(value)) continue;
    throw new BrushworkError(
      'invalid-argument',
      harmless
        ? `${name}: got ${describe(value)}, which this version does not support yet; leave it out`
        : `${name}: ${what} has no such option; it has ${known.join(', ')}`,
    );
  }
}

function checkObject(name: string, options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalidArgument(name, options, 'an object');
}

function oneOf<T>(name: string, value: unknown, allowed: readonly T[], fallback: T): T {
  if (value === undefined) return fallback;
  if ((allowed as readonly unknown[]).includes(value)) return value as T;
  throw invalidArgument(name, value, allowed.map((choice) => `'${String(choice)}'`).join(' or '));
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function checkCall({ signal, onProgress }: Call): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalidArgument('signal', signal, 'an AbortSignal');
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalidArgument('onProgress', onProgress, 'a function');
}

export function checkCallOptions(what: string, call: Call): void {
  checkObject('call', call);
  checkNames(what, call, ['signal', 'onProgress']);
  checkCall(call);
}

const MAX_THREADS = 64;

/** What benchmarks ask of an engine. */
export type EngineSettings = Pick<StartRequest, 'bandRows' | 'profile'>;

export function checkCreateOptions(options: CreateOptions): BackendRequest & EngineSettings & { assets: string | undefined } {
  checkObject('options', options);
  checkNames('create', options, ['backend', 'variant', 'threads', 'assets', 'host', 'bandRows', 'profile', 'signal', 'onProgress']);
  checkCall(options);
  const { threads, assets, bandRows = 0, profile = false } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) {
    throw invalidArgument('threads', threads, `an integer from 1 to ${MAX_THREADS}`);
  }
  if (assets !== undefined && typeof assets !== 'string' && !(assets instanceof URL)) throw invalidArgument('assets', assets, 'a URL');
  if (!(Number.isInteger(bandRows) && bandRows >= 0)) throw invalidArgument('bandRows', bandRows, 'an integer of at least 0');
  return {
    bandRows,
    profile: oneOf('profile', profile, [false, true] as const, false),
    backend: oneOf('backend', options.backend, ['auto', 'wasm', 'webgpu'] as const, 'auto'),
    variant: oneOf('variant', options.variant, ['auto', 'simd', 'relaxed-simd'] as const, 'auto'),
    host: oneOf<'worker' | 'inline' | undefined>('host', options.host, ['worker', 'inline'], undefined),
    threads,
    assets: assets === undefined ? undefined : resolveFolder(assets),
  };
}

/** An absolute URL that ends in a slash, so that file names resolve inside of it. */
function resolveFolder(assets: string | URL): string {
  const base = typeof document === 'object' ? document.baseURI : globalThis.location?.href;
  let url: URL;
  try {
    url = new URL(assets, base);
  } catch {
    throw invalidArgument('assets', assets, 'a URL');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

export function checkStylizeOptions(options: StylizeOptions): PaintSettings {
  checkObject('options', options);
  checkNames('stylize', options, ['style', 'strength', 'maxPixels', 'statistics', 'signal', 'onProgress']);
  checkCall(options);
  const statistics = oneOf('statistics', options.statistics, ['auto', 'exact', 'thumbnail'] as const, 'auto');
  const { strength = 1, maxPixels = Infinity } = options;
  if (!isFiniteNumber(strength) || strength < 0 || strength > 1) throw invalidArgument('strength', strength, 'a number from 0 to 1');
  if (typeof maxPixels !== 'number' || !(maxPixels >= 1)) throw invalidArgument('maxPixels', maxPixels, 'a number of at least 1');
  return { strength, preserveColor: 0, brush: 1, maxPixels: Math.floor(maxPixels), statistics };
}

function checkRange(name: string, range: unknown, fallback: readonly [number, number]): readonly [number, number] {
  if (range === undefined) return fallback;
  if (Array.isArray(range) && range.length === 2) {
    const [low, high] = range as unknown[];
    if (isFiniteNumber(low) && isFiniteNumber(high) && low < high) return [low, high];
  }
  throw invalidArgument(name, range, 'two numbers, the lower one first, such as [0, 255]');
}

export function checkModelOptions(options: ModelOptions): { title: string; generator: GeneratorOptions } {
  checkObject('options', options);
  checkNames('styleFromModel', options, ['title', 'inputRange', 'outputRange', 'channelOrder', 'precision', 'signal', 'onProgress']);
  checkCall(options);
  const { title = 'Untitled' } = options;
  if (typeof title !== 'string') throw invalidArgument('title', title, 'a string');
  const precision = oneOf('precision', options.precision, ['auto', 'float', 'int8'] as const, 'auto');
  const bgr = oneOf('channelOrder', options.channelOrder, ['rgb', 'bgr'] as const, 'rgb') === 'bgr';
  const input = checkRange('inputRange', options.inputRange, [0, 1]);
  const output = checkRange('outputRange', options.outputRange, input);
  return {
    title,
    generator: {
      input: { low: input[0], high: input[1], bgr },
      output: { low: output[0], high: output[1], bgr },
      precision,
    },
  };
}
