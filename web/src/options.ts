/** Options as callers give them, checked and completed. Every error names the option, what it got and what it needed. */
import { BrushworkError, invalidArgument } from './errors.js';
import type { GeneratorOptions, PaintSettings, StartRequest } from './engine/protocol.js';
import type { BackendRequest } from './features.js';
import type { Call, CreateOptions, ModelOptions, StylizeOptions, VideoOptions } from './types.js';

/** Rejects options that would be ignored: misspelt ones. */
function checkNames(what: string, options: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(options)) {
    if (known.includes(name) || value === undefined) continue;
    throw new BrushworkError('invalid-argument', `${name}: ${what} has no such option; it has ${known.join(', ')}`);
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

function checkCallback(name: string, callback: unknown): void {
  if (callback !== undefined && typeof callback !== 'function') throw invalidArgument(name, callback, 'a function');
}

function checkCall({ signal, onProgress }: Call): void {
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalidArgument('signal', signal, 'an AbortSignal');
  checkCallback('onProgress', onProgress);
}

export function checkCallOptions(what: string, call: Call): void {
  checkObject('call', call);
  checkNames(what, call, ['signal', 'onProgress']);
  checkCall(call);
}

const MAX_THREADS = 64;

/** What benchmarks ask of an engine. */
export type EngineSettings = Pick<StartRequest, 'bandRows' | 'profile'>;

/** How `create` was asked to make an engine. */
export interface CreateRequest extends BackendRequest, EngineSettings {
  assets: string | undefined;
  cache: boolean;
  onnxRuntime: string | (() => Promise<unknown>) | undefined;
}

const CREATE_OPTIONS = [
  'backend', 'variant', 'threads', 'assets', 'cache', 'host', 'onnxRuntime', 'bandRows', 'profile', 'signal', 'onProgress',
];

export function checkCreateOptions(options: CreateOptions): CreateRequest {
  checkObject('options', options);
  checkNames('create', options, CREATE_OPTIONS);
  checkCall(options);
  const { threads, assets, bandRows = 0 } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS)) {
    throw invalidArgument('threads', threads, `an integer from 1 to ${MAX_THREADS}`);
  }
  if (assets !== undefined && typeof assets !== 'string' && !(assets instanceof URL)) throw invalidArgument('assets', assets, 'a URL');
  if (!(Number.isInteger(bandRows) && bandRows >= 0)) throw invalidArgument('bandRows', bandRows, 'an integer of at least 0');
  return {
    bandRows,
    profile: oneOf('profile', options.profile, [false, true] as const, false),
    backend: oneOf('backend', options.backend, ['auto', 'wasm', 'webgpu'] as const, 'auto'),
    variant: oneOf('variant', options.variant, ['auto', 'simd', 'relaxed-simd'] as const, 'auto'),
    host: oneOf<'worker' | 'inline' | undefined>('host', options.host, ['worker', 'inline'], undefined),
    cache: oneOf('cache', options.cache, [false, true] as const, true),
    threads,
    assets: assets === undefined ? undefined : resolveFolder(assets),
    onnxRuntime: checkOnnxRuntime(options.onnxRuntime),
  };
}

function checkOnnxRuntime(source: unknown): CreateRequest['onnxRuntime'] {
  if (source === undefined || typeof source === 'function') return source as CreateRequest['onnxRuntime'];
  const needed = 'the URL of a module, or a function that imports it';
  if (typeof source !== 'string' && !(source instanceof URL)) throw invalidArgument('onnxRuntime', source, needed);
  try {
    return new URL(source, pageUrl()).href;
  } catch {
    throw invalidArgument('onnxRuntime', source, needed);
  }
}

/** What relative URLs of callers are relative to. */
export function pageUrl(): string | undefined {
  return typeof document === 'object' ? document.baseURI : globalThis.location?.href;
}

/** An absolute URL that ends in a slash, so that file names resolve inside of it. */
function resolveFolder(assets: string | URL): string {
  let url: URL;
  try {
    url = new URL(assets, pageUrl());
  } catch {
    throw invalidArgument('assets', assets, 'a URL');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url.href;
}

const STYLIZE_OPTIONS = ['style', 'strength', 'preserveColor', 'mask', 'maxPixels', 'brush', 'statistics', 'onRows', 'signal', 'onProgress'];

export function checkStylizeOptions(options: StylizeOptions): PaintSettings {
  checkObject('options', options);
  checkNames('stylize', options, STYLIZE_OPTIONS);
  checkCallback('onRows', options.onRows);
  return checkPaintOptions(options);
}

export interface VideoSettings {
  paint: PaintSettings;
  steadiness: number;
  pacing: 'live' | 'every-frame';
}

export function checkVideoOptions(options: VideoOptions): VideoSettings {
  checkObject('options', options);
  const known = STYLIZE_OPTIONS.filter((name) => !['mask', 'onProgress', 'onRows'].includes(name));
  checkNames('video', options, [...known, 'steadiness', 'pacing']);
  return {
    paint: checkPaintOptions(options),
    steadiness: fraction('steadiness', options.steadiness, 0.9),
    pacing: oneOf('pacing', options.pacing, ['live', 'every-frame'] as const, 'live'),
  };
}

/** The scales of the painting that `brush` may ask for. */
const BRUSH = { least: 1 / 16, most: 4 };

function checkPaintOptions(options: StylizeOptions | VideoOptions): PaintSettings {
  checkCall(options);
  const { maxPixels = Infinity, brush = 1, preserveColor } = options;
  if (typeof maxPixels !== 'number' || !(maxPixels >= 1)) throw invalidArgument('maxPixels', maxPixels, 'a number of at least 1');
  if (!isFiniteNumber(brush) || brush < BRUSH.least || brush > BRUSH.most) {
    throw invalidArgument('brush', brush, `a number from 1/${1 / BRUSH.least} to ${BRUSH.most}`);
  }
  const amount = typeof preserveColor === 'boolean' ? Number(preserveColor) : preserveColor;
  return {
    strength: fraction('strength', options.strength, 1),
    preserveColor: fraction('preserveColor', amount, 0),
    maxPixels: Math.floor(maxPixels),
    brush,
    statistics: oneOf('statistics', options.statistics, ['auto', 'exact', 'thumbnail'] as const, 'auto'),
  };
}

function fraction(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (!isFiniteNumber(value) || value < 0 || value > 1) throw invalidArgument(name, value, 'a number from 0 to 1');
  return value;
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
