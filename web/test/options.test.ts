import { describe, expect, it } from 'vitest';
import { checkCreateOptions, checkModelOptions, checkStylizeOptions } from '../src/options.js';
import type { CreateOptions, ModelOptions, StylizeOptions } from '../src/types.js';

const invalid = (message: RegExp): unknown =>
  expect.objectContaining({ code: 'invalid-argument', message: expect.stringMatching(message) as unknown });

describe('create', () => {
  it('completes nothing', () => {
    expect(checkCreateOptions({})).toEqual({ bandRows: 0, profile: false, backend: 'auto', variant: 'auto', host: undefined, threads: undefined, assets: undefined });
  });

  it('makes a folder of assets', () => {
    expect(checkCreateOptions({ assets: 'https://example.org/brushwork' }).assets).toBe('https://example.org/brushwork/');
    expect(checkCreateOptions({ assets: new URL('https://example.org/a/') }).assets).toBe('https://example.org/a/');
  });

  it.each([
    [{ threads: 0 }, /^threads: got 0, needed an integer from 1/],
    [{ bandRows: -1 }, /^bandRows: got -1/],
    [{ profile: 1 }, /^profile: got 1/],
    [{ threads: 1.5 }, /^threads: got 1\.5/],
    [{ backend: 'gpu' }, /^backend: got "gpu", needed 'auto' or/],
    [{ host: 'page' }, /^host: got "page"/],
    [{ assets: 3 }, /^assets: got 3/],
    [{ cache: true }, /^cache: got true, which this version does not support/],
    [{ thread: 2 }, /^thread: create has no such option/],
    [{ signal: {} }, /^signal: got an object, needed an AbortSignal/],
    [{ onProgress: 'yes' }, /^onProgress/],
    [null, /^options: got null/],
  ])('refuses %o', (options, message) => {
    expect(() => checkCreateOptions(options as CreateOptions)).toThrow(invalid(message));
  });
});

describe('stylize', () => {
  const defaults = { strength: 1, preserveColor: 0, brush: 1, maxPixels: Infinity };

  it('has defaults', () => {
    expect(checkStylizeOptions({ style: 'x' })).toEqual({ ...defaults, statistics: 'auto' });
  });

  it.each(['auto', 'exact', 'thumbnail'] as const)('takes statistics %s', (statistics) => {
    expect(checkStylizeOptions({ style: 'x', statistics }).statistics).toBe(statistics);
  });

  it('accepts later options where they say no', () => {
    const options = { style: 'x', preserveColor: false, brush: 1, mask: undefined, statistics: 'exact' };
    expect(checkStylizeOptions(options as StylizeOptions)).toEqual({ ...defaults, statistics: 'exact' });
  });

  it.each([
    [{ strength: 1.1 }, /^strength: got 1\.1, needed a number from 0 to 1/],
    [{ strength: NaN }, /^strength: got NaN/],
    [{ maxPixels: 0 }, /^maxPixels: got 0/],
    [{ preserveColor: true }, /^preserveColor: got true/],
    [{ preserveColor: 0.5 }, /^preserveColor: got 0\.5/],
    [{ mask: new Blob([]) }, /^mask: got a Blob/],
    [{ brush: 2 }, /^brush: got 2/],
    [{ statistics: 'none' }, /^statistics: got "none", needed 'auto' or 'exact' or 'thumbnail'/],
  ])('refuses %o', (options, message) => {
    expect(() => checkStylizeOptions({ style: 'x', ...options } as StylizeOptions)).toThrow(invalid(message));
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
