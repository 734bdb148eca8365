import { describe, expect, it } from 'vitest';
import { readImage } from '../src/images.js';
import type { ImageInput } from '../src/types.js';
import { failureOf } from './support.js';

describe('readImage', () => {
  it('reads encoded bytes of every kind', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    for (const input of [bytes, bytes.buffer, new Blob([bytes])]) {
      expect(await readImage(input)).toEqual({ kind: 'encoded', bytes, owned: true });
    }
  });

  it('reads a part of a buffer as just that part', async () => {
    const part = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    expect(await readImage(part)).toMatchObject({ bytes: new Uint8Array([1, 2]) });
  });

  it('copies, so that the caller keeps what is his', async () => {
    const data = new Uint8ClampedArray(8).fill(7);
    const raw = await readImage({ data, width: 2, height: 1 });
    data.fill(0);
    expect(raw).toMatchObject({ kind: 'pixels', width: 2, height: 1 });
    expect([...raw.bytes]).toEqual([7, 7, 7, 7, 7, 7, 7, 7]);
  });

  it.each([
    [undefined, /^image: got undefined, needed a picture/],
    ['photo.jpg', /^image: got "photo.jpg", needed a picture/],
    [new Float32Array(4), /^image: got a Float32Array, needed a picture/],
    [{ data: [1, 2, 3, 4], width: 1, height: 1 }, /^image\.data: got \[1, 2, 3, 4\], needed a Uint8Array/],
    [{ data: new Uint8Array(4), width: 1.5, height: 1 }, /^image\.width: got 1\.5, needed a positive integer/],
    [{ data: new Uint8Array(4), width: 1, height: 0 }, /^image\.height: got 0/],
    [{ data: new Uint8Array(5), width: 1, height: 1 }, /^image\.data: got 5 bytes, needed 4: RGBA for 1×1/],
  ])('refuses %o', async (input, message) => {
    const error = await failureOf(() => readImage(input as ImageInput));
    expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringMatching(message) as unknown });
  });
});
