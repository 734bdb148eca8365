import { describe, expect, it } from 'vitest';
import { sameOptions } from '../src/same-options.js';
import { Styles } from '../src/styles.js';

const generator = { sha256: 'a', key: 'a', vectorBytes: 2 };
const styles = new Styles<typeof generator>();
const madeOf = (id: string, byte: number) => styles.make(id, 'Style', { generator, ingredients: [{ vector: new Uint8Array([byte, 0]), weight: 1 }] });
const [one, other] = [madeOf('one', 1), madeOf('other', 2)];

describe('options that say the same', () => {
  it.each<[object, object]>([
    [{}, {}],
    [{ style: 'waves', strength: 0.5 }, { strength: 0.5, style: 'waves' }],
    [{ strength: NaN }, { strength: NaN }],
    [{ mask: undefined }, {}],
    [{ style: one }, { style: one }],
    [{ style: one, onProgress: () => 1 }, { style: one, onProgress: () => 2 }],
    [{ onProgress: () => 1 }, {}],
    [{ onRows: () => 1 }, { onRows: () => 2 }],
    [{ style: styles.mix([{ style: one, weight: 1 }, { style: other, weight: 2 }]) }, { style: styles.mix([{ style: one, weight: 1 }, { style: other, weight: 2 }]) }],
    [{ assets: new URL('https://example.org/a/') }, { assets: new URL('https://example.org/a/') }],
  ])('%o, %o', (a, b) => {
    expect(sameOptions(a, b)).toBe(true);
    expect(sameOptions(b, a)).toBe(true);
  });
});

describe('options that do not', () => {
  it.each<[object, object]>([
    [{ style: 'waves' }, { style: 'night' }],
    [{ style: 'waves' }, { style: 'waves', strength: 0.5 }],
    [{ style: 'waves' }, { style: one }],
    [{ style: one }, { style: other }],
    [{ style: styles.mix([{ style: one, weight: 1 }, { style: other, weight: 2 }]) }, { style: styles.mix([{ style: one, weight: 2 }, { style: other, weight: 1 }]) }],
    [{ mask: new Uint8Array(4) }, { mask: new Uint8Array(4) }],
    [{ assets: new URL('https://example.org/a/') }, { assets: new URL('https://example.org/b/') }],
    [{ assets: null }, { assets: new URL('https://example.org/b/') }],
  ])('%o, %o', (a, b) => {
    expect(sameOptions(a, b)).toBe(false);
    expect(sameOptions(b, a)).toBe(false);
  });
});
