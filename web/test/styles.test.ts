import { describe, expect, it } from 'vitest';
import { toBase64 } from '../src/style-json.js';
import { type StyleGenerator, Styles } from '../src/styles.js';
import type { Style } from '../src/types.js';

const painter: StyleGenerator = { sha256: 'aa', key: 'painter', vectorBytes: 4 };
const other: StyleGenerator = { sha256: 'bb', key: 'other', vectorBytes: 4 };
const rigid: StyleGenerator = { sha256: 'cc', key: 'rigid', vectorBytes: 0 };
const generators = [painter, other, rigid];
const find = (sha256: string): StyleGenerator | undefined => generators.find((generator) => generator.sha256 === sha256);

const one = new Uint8Array([0, 0x3c, 0, 0xbc]);
const two = new Uint8Array([0, 0x40, 0, 0x38]);

interface Parts {
  parts: { vector: string; weight: number }[];
}
const partsOf = (style: Style): Parts['parts'] => (style.toJSON() as Parts).parts;

function setUp(): { styles: Styles<StyleGenerator>; a: Style; b: Style; foreign: Style; own: Style } {
  const styles = new Styles<StyleGenerator>();
  const single = (id: string, generator: StyleGenerator, vector?: Uint8Array<ArrayBuffer>): Style =>
    styles.make(id, id.toUpperCase(), { generator, ingredients: vector ? [{ vector, weight: 1 }] : [] });
  return { styles, a: single('a', painter, one), b: single('b', painter, two), foreign: single('f', other, one), own: single('o', rigid) };
}

const thrown = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as unknown });

describe('mix', () => {
  it('takes the weights as they are', () => {
    const { styles, a, b } = setUp();
    const mixed = styles.mix([{ style: a, weight: 1 }, { style: b, weight: 3 }]);
    expect(partsOf(mixed)).toEqual([{ vector: toBase64(one), weight: 1 }, { vector: toBase64(two), weight: 3 }]);
    expect(mixed).toMatchObject({ id: 'mix-1', title: 'A + B' });
    expect(styles.recipeOf(mixed).generator).toBe(painter);
  });

  it('of one style, or of a style with itself, is that style', () => {
    const { styles, a, own } = setUp();
    expect(partsOf(styles.mix([{ style: a, weight: 7 }]))).toEqual([{ vector: toBase64(one), weight: 7 }]);
    const twice = styles.mix([{ style: a, weight: 1 }, { style: a, weight: 2 }]);
    expect(partsOf(twice)).toEqual([{ vector: toBase64(one), weight: 3 }]);
    expect(twice.title).toBe('A');
    expect(partsOf(styles.mix([{ style: own, weight: 1 }, { style: own, weight: 1 }]))).toEqual([]);
  });

  it('leaves out what has no weight, whatever paints it', () => {
    const { styles, a, b, foreign } = setUp();
    expect(partsOf(styles.mix([{ style: a, weight: 1 }, { style: b, weight: 0 }, { style: foreign, weight: 0 }]))).toHaveLength(1);
  });

  it('shares a weight among the parts of a blend', () => {
    const { styles, a, b } = setUp();
    const half = styles.mix([{ style: a, weight: 2 }, { style: b, weight: 2 }]);
    const mostlyB = styles.mix([{ style: half, weight: 1 }, { style: b, weight: 0.5 }]);
    expect(partsOf(mostlyB).map(({ weight }) => weight)).toEqual([0.5, 1]);
  });

  it('does not change what it is made of', () => {
    const { styles, a } = setUp();
    styles.mix([{ style: a, weight: 1 }, { style: a, weight: 5 }]);
    expect(partsOf(a)).toEqual([{ vector: toBase64(one), weight: 1 }]);
  });

  it('refuses styles of different generators', () => {
    const { styles, a, foreign, own } = setUp();
    const both = (style: Style): (() => Style) => () => styles.mix([{ style: a, weight: 1 }, { style, weight: 1 }]);
    expect(both(foreign)).toThrow(thrown('incompatible-styles', /^parts\[1\]\.style: "F" and "A" are painted by different generators/));
    expect(both(own)).toThrow(thrown('incompatible-styles', /different generators/));
    const bakedIn = styles.make('p', 'P', { generator: painter, ingredients: [] });
    expect(both(bakedIn)).toThrow(thrown('incompatible-styles', /"P" is a model's own style/));
  });

  it('refuses styles of another engine', () => {
    const { styles, a } = setUp();
    const message = /^parts\[1\]\.style: got an? \w+, needed a style made by this engine/;
    const stranger = setUp().a;
    expect(() => styles.mix([{ style: a, weight: 1 }, { style: stranger, weight: 1 }])).toThrow(thrown('invalid-argument', message));
  });

  const weighed = (weight: unknown) => (a: Style) => [{ style: a, weight }];
  it.each([
    [() => [], /^parts: got \[\], needed an array of one or more/],
    [() => undefined, /^parts: got undefined/],
    [() => ({}), /^parts: got an object/],
    [() => [null], /^parts\[0\]: got null, needed \{ style, weight \}/],
    [() => [{ style: 'a', weight: 1 }], /^parts\[0\]\.style: got "a", needed a style made by this engine/],
    [weighed(undefined), /^parts\[0\]\.weight: got undefined, needed a finite number of at least 0/],
    [weighed(-1), /^parts\[0\]\.weight: got -1/],
    [weighed(NaN), /^parts\[0\]\.weight: got NaN/],
    [weighed(Infinity), /^parts\[0\]\.weight: got Infinity/],
    [weighed('1'), /^parts\[0\]\.weight: got "1"/],
    [weighed(1e300), /^parts: got weights whose sum is/],
    [weighed(0), /^parts: all weights are 0/],
    [weighed(1e-300), /^parts: all weights are 0/],
  ])('refuses what makes no sense (%#)', (parts, message) => {
    const { styles, a } = setUp();
    expect(() => styles.mix(parts(a))).toThrow(thrown('invalid-argument', message));
  });
});

describe('JSON', () => {
  it('brings a style to another engine, as a value or as text', () => {
    const { styles, a, b } = setUp();
    const mixed = styles.mix([{ style: a, weight: 1 / 3 }, { style: b, weight: 2 / 3 }]);
    for (const sent of [JSON.stringify(mixed), JSON.parse(JSON.stringify(mixed)), structuredClone(mixed.toJSON())] as unknown[]) {
      const there = new Styles<StyleGenerator>();
      const arrived = there.fromJson(sent, find);
      expect(arrived).toMatchObject({ id: mixed.id, title: mixed.title });
      expect(arrived.toJSON()).toEqual(mixed.toJSON());
      expect(there.recipeOf(arrived)).toEqual(styles.recipeOf(mixed));
    }
  });

  it('is what the contract says', () => {
    expect(setUp().a.toJSON()).toEqual({ version: 1, id: 'a', title: 'A', generator: 'aa', parts: [{ vector: 'ADwAvA==', weight: 1 }] });
    expect(setUp().own.toJSON()).toEqual({ version: 1, id: 'o', title: 'O', generator: 'cc', parts: [] });
  });

  it('refuses generators that are not there', () => {
    const json = { ...(setUp().a.toJSON() as object), generator: 'dd' };
    expect(() => setUp().styles.fromJson(json, find)).toThrow(thrown('incompatible-styles', /^json\.generator: got "dd", needed that of a built-in/));
  });

  const part = { vector: 'ADwAvA==', weight: 1 };
  it.each([
    [{ version: 2 }, /^json\.version: got 2, needed 1/],
    [{ version: undefined }, /^json\.version: got undefined/],
    [{ id: 3 }, /^json\.id: got 3, needed a string/],
    [{ title: null }, /^json\.title: got null/],
    [{ generator: undefined }, /^json\.generator: got undefined, needed a string/],
    [{ parts: undefined }, /^json\.parts: got undefined, needed an array/],
    [{ parts: [part, 5] }, /^json\.parts\[1\]: got 5/],
    [{ parts: [{ ...part, weight: -1 }] }, /^json\.parts\[0\]\.weight: got -1/],
    [{ parts: [{ ...part, weight: null }] }, /^json\.parts\[0\]\.weight: got null/],
    [{ parts: [{ ...part, weight: 0 }] }, /^json\.parts: got weights whose sum is 0/],
    [{ parts: [{ ...part, vector: 7 }] }, /^json\.parts\[0\]\.vector: got 7, needed a string/],
    [{ parts: [{ ...part, vector: '?' }] }, /^json\.parts\[0\]\.vector: got "\?", needed finite half floats as base64/],
    [{ parts: [{ ...part, vector: '' }] }, /^json\.parts\[0\]\.vector/],
    [{ parts: [{ ...part, vector: 'AHwAvA==' }] }, /^json\.parts\[0\]\.vector.*needed finite/], // infinity
    [{ parts: [{ ...part, vector: 'ADwA' }] }, /^json\.parts\[0\]\.vector/], // one and a half
    [{ parts: [part, { ...part, vector: 'ADw=' }] }, /^json\.parts\[1\]\.vector: got 2 bytes, needed 4/],
    [{ generator: 'cc' }, /^json\.parts\[0\]\.vector: got 4 bytes, needed 0/],
  ])('names the place that is wrong: %o', (change, message) => {
    const json = { ...(setUp().a.toJSON() as object), ...change };
    expect(() => setUp().styles.fromJson(json, find)).toThrow(thrown('invalid-argument', message));
  });

  it.each([undefined, null, 5, [], '{', '"text"', 'null'])('refuses %j', (json) => {
    expect(() => setUp().styles.fromJson(json, find)).toThrow(thrown('invalid-argument', /^json: got .*, needed what a style's toJSON gives/));
  });
});

it('knows the styles of its own engine only', () => {
  const { styles, a } = setUp();
  expect(styles.recipeOf(a).ingredients).toHaveLength(1);
  for (const style of [setUp().a, { id: 'a', title: 'A' }, undefined, 5]) {
    expect(() => styles.recipeOf(style)).toThrow(thrown('invalid-argument', /^style: got .*, needed the id of a built-in style, or a style made by this engine/));
  }
});

it('makes styles that cannot be changed', () => {
  const { a } = setUp();
  expect(() => Object.assign(a, { title: 'B' })).toThrow(TypeError);
});
