import { describe, expect, it } from 'vitest';
import { checkCreateOptions, checkModelOptions, checkStylizeOptions, checkVideoOptions } from '../src/options.js';
import type { CreateOptions, ModelOptions, StylizeOptions, VideoOptions } from '../src/types.js';

const invalid = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'invalid-argument', message: expect.stringMatching(message) as unknown });

describe('create', () => {
  it('completes nothing', () => {
    expect(checkCreateOptions({})).toEqual({
      bandRows: 0, profile: false, backend: 'auto', variant: 'auto', host: undefined, threads: undefined, assets: undefined, cache: true,
      onnxRuntime: undefined,
    });
  });

  it('makes a folder of assets', () => {
    expect(checkCreateOptions({ assets: 'https://example.org/brushwork' }).assets).toBe('https://example.org/brushwork/');
    expect(checkCreateOptions({ assets: new URL('https://example.org/a/') }).assets).toBe('https://example.org/a/');
  });

  it('takes ONNX Runtime as a URL or a function', () => {
    const load = async (): Promise<unknown> => ({});
    expect(checkCreateOptions({ onnxRuntime: load }).onnxRuntime).toBe(load);
    expect(checkCreateOptions({ onnxRuntime: new URL('https://example.org/ort.mjs') }).onnxRuntime).toBe('https://example.org/ort.mjs');
  });

  it.each([
    [{ threads: 0 }, /^threads: got 0, needed an integer from 1/],
    [{ bandRows: -1 }, /^bandRows: got -1/],
    [{ profile: 1 }, /^profile: got 1/],
    [{ threads: 1.5 }, /^threads: got 1\.5/],
    [{ backend: 'gpu' }, /^backend: got "gpu", needed 'auto' or/],
    [{ host: 'page' }, /^host: got "page"/],
    [{ assets: 3 }, /^assets: got 3/],
    [{ cache: 'yes' }, /^cache: got "yes", needed 'false' or 'true'/],
    [{ onnxRuntime: 5 }, /^onnxRuntime: got 5, needed the URL of a module, or a function that imports it/],
    [{ onnxRuntime: 'http://' }, /^onnxRuntime: got "http:\/\/"/],
    [{ thread: 2 }, /^thread: create has no such option/],
    [{ signal: {} }, /^signal: got an object, needed an AbortSignal/],
    [{ onProgress: 'yes' }, /^onProgress/],
    [null, /^options: got null/],
  ])('refuses %o', (options, message) => {
    expect(() => checkCreateOptions(options as CreateOptions)).toThrow(invalid(message));
  });
});

describe('stylize', () => {
  const plain = { strength: 1, preserveColor: 0, maxPixels: Infinity, brush: 1, statistics: 'auto' };

  it('has defaults', () => {
    expect(checkStylizeOptions({ style: 'x' })).toEqual(plain);
  });

  it.each([
    [{ statistics: 'exact' }, { statistics: 'exact' }],
    [{ preserveColor: true }, { preserveColor: 1 }],
    [{ preserveColor: false }, { preserveColor: 0 }],
    [{ preserveColor: 0.3 }, { preserveColor: 0.3 }],
    [{ brush: 0.5 }, { brush: 0.5 }],
    [{ brush: 4 }, { brush: 4 }],
    [{ maxPixels: 1000.7 }, { maxPixels: 1000 }],
    [{ mask: new Blob([]) }, {}],
  ])('takes %o', (options, settings) => {
    expect(checkStylizeOptions({ style: 'x', ...options } as StylizeOptions)).toEqual({ ...plain, ...settings });
  });

  it.each([
    [{ strength: 1.1 }, /^strength: got 1\.1, needed a number from 0 to 1/],
    [{ strength: NaN }, /^strength: got NaN/],
    [{ maxPixels: 0 }, /^maxPixels: got 0/],
    [{ preserveColor: 2 }, /^preserveColor: got 2, needed a number from 0 to 1/],
    [{ preserveColor: 'yes' }, /^preserveColor: got "yes"/],
    [{ brush: 0 }, /^brush: got 0, needed a number from 1\/16 to 4/],
    [{ brush: 5 }, /^brush: got 5/],
    [{ brush: '1' }, /^brush: got "1"/],
    [{ steadiness: 1 }, /^steadiness: stylize has no such option/],
    [{ onRows: {} }, /^onRows: got .*, needed a function/],
    [{ statistics: 'none' }, /^statistics: got "none", needed 'auto' or 'exact' or 'thumbnail'/],
  ])('refuses %o', (options, message) => {
    expect(() => checkStylizeOptions({ style: 'x', ...options } as StylizeOptions)).toThrow(invalid(message));
  });
});

describe('video', () => {
  it('has defaults', () => {
    expect(checkVideoOptions({ style: 'x', brush: 0.5 })).toMatchObject({ paint: { brush: 0.5, strength: 1 }, steadiness: 0.9, pacing: 'live' });
  });

  it.each([
    [{ steadiness: 1.5 }, /^steadiness: got 1\.5, needed a number from 0 to 1/],
    [{ pacing: 'fast' }, /^pacing: got "fast", needed 'live' or 'every-frame'/],
    [{ mask: new Blob([]) }, /^mask: video has no such option/],
    [{ onProgress: () => undefined }, /^onProgress: video has no such option/],
    [{ onRows: () => undefined }, /^onRows: video has no such option/],
    [{ strength: -1 }, /^strength: got -1/],
    [null, /^options: got null/],
  ])('refuses %o', (options, message) => {
    expect(() => checkVideoOptions((options && { style: 'x', ...options }) as VideoOptions)).toThrow(invalid(message));
  });
});

describe('styleFromModel', () => {
  it('writes what it reads unless told otherwise', () => {
    expect(checkModelOptions({ inputRange: [0, 255], channelOrder: 'bgr' }).generator).toEqual({
      input: { low: 0, high: 255, bgr: true },
      output: { low: 0, high: 255, bgr: true },
      precision: 'auto',
    });
  });

  it.each(['auto', 'float', 'int8'] as const)('takes precision %s', (precision) => {
    expect(checkModelOptions({ precision }).generator.precision).toBe(precision);
  });

  it.each([
    [{ inputRange: [1, 0] }, /^inputRange: got \[1, 0\], needed two numbers, the lower one first/],
    [{ outputRange: [0] }, /^outputRange: got \[0\]/],
    [{ channelOrder: 'grb' }, /^channelOrder/],
    [{ precision: 'int4' }, /^precision: got "int4", needed 'auto' or 'float' or 'int8'/],
    [{ title: 5 }, /^title: got 5/],
  ])('refuses %o', (options, message) => {
    expect(() => checkModelOptions(options as ModelOptions)).toThrow(invalid(message));
  });
});
