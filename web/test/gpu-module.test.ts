// The program that the WebGPU path needs beside the engine, as built.
import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Assets } from '../src/assets.js';
import { startProgram } from '../src/engine/load.js';
import type { Outcome } from '../src/engine/protocol.js';
import type { GpuModule } from '../src/gpu/module.js';

const assets = new URL('../dist/assets/', import.meta.url);
const painter = new Uint8Array(await readFile(new URL('painter.onnx', assets)));
const unit = { low: 0, high: 1, bgr: false };
const options = { input: unit, output: unit, precision: 'auto' } as const;

async function start(): Promise<GpuModule> {
  return startProgram<GpuModule>(new Assets(assets.href).gpuProgram());
}

function valueOf<T>(outcome: Outcome<T>): T {
  if ('code' in outcome) throw new Error(`${outcome.code}: ${outcome.message}`);
  return outcome.value;
}

const gpu = await start();
afterEach(() => expect(gpu.liveObjects()).toBe(0));

describe('the gpu module', () => {
  it('makes the graph of a generator', () => {
    const generator = valueOf(gpu.loadGpuGenerator(painter, options));
    expect(generator.coefficientCount).toBe(1088);
    expect(generator.bytesPerPixel).toBeGreaterThan(64);
    const model = valueOf(generator.takeModel());
    expect(model.length).toBeGreaterThan(3 * painter.length);
    expect(valueOf(generator.takeModel()).length).toBe(0);
    generator.delete();
  });

  it('names what it cannot read', () => {
    expect(gpu.loadGpuGenerator(painter.subarray(0, 1000), options)).toMatchObject({ code: 'invalid-model' });
  });

  it('makes coefficients of statistics and a style', () => {
    const generator = valueOf(gpu.loadGpuGenerator(painter, options));
    // Of all 13 normalizations, as many channels as the style has scales.
    const channels = Uint32Array.of(16, 32, 64, 64, 64, 64, 64, 32, 32, 32, 32, 32, 16);
    const values = new Float32Array(1088);
    let at = 0;
    for (const count of channels) {
      values.fill(0, at, at + count); // means
      values.fill(1, at + count, at + 2 * count); // variances
      at += 2 * count;
    }
    const style = new Float32Array(1088).fill(0.5);
    const coefficients = valueOf(generator.coefficients({ channels, values }, style));
    expect(coefficients.length).toBe(1088);
    expect(coefficients[0]).toBeCloseTo(0.5, 4); // a scale over the root of variance and epsilon
    expect(generator.coefficients({ channels, values }, style.subarray(1))).toMatchObject({ code: 'incompatible-styles' });
    expect(generator.coefficients({ channels, values: values.subarray(1) }, undefined)).toMatchObject({ code: 'invalid-argument' });
    generator.delete();
  });

  it('cuts a picture into tiles and puts it together again', () => {
    const [width, height] = [16, 301];
    const generator = valueOf(gpu.loadGpuGenerator(painter, options));
    const photo = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i % 4 === 3 ? 255 : (i * 7) % 256));
    const tiles = valueOf(generator.createTiles(width, height, width * 200));
    expect(tiles.count).toBeGreaterThan(1);
    expect(tiles.width * tiles.height).toBeLessThanOrEqual(width * 200);
    const painting = new Uint8Array(photo.length);
    for (let i = 0; i < tiles.count; i++) {
      const { begin, end } = tiles.photoRows(i);
      const planes = valueOf(tiles.read(i, photo.subarray(4 * width * begin, 4 * width * end)));
      expect(planes.length).toBe(3 * tiles.width * tiles.height);
      painting.set(valueOf(tiles.write(i, planes)), 4 * width * tiles.paintedRows(i).begin);
    }
    expect(painting).toEqual(photo);
    tiles.delete();
    generator.delete();
  });

  it('refuses tiles too small, pixels too few, and what a GPU got wrong', () => {
    const generator = valueOf(gpu.loadGpuGenerator(painter, options));
    expect(generator.createTiles(16, 301, 100)).toMatchObject({ code: 'invalid-argument' });
    const tiles = valueOf(generator.createTiles(8, 8, Infinity));
    expect(tiles.count).toBe(1);
    expect(tiles.read(0, new Uint8Array(12))).toMatchObject({ code: 'invalid-argument' });
    const planes = new Float32Array(3 * tiles.width * tiles.height);
    expect(tiles.write(0, planes.subarray(1))).toMatchObject({ code: 'internal' });
    expect(tiles.write(0, planes.fill(NaN))).toMatchObject({ code: 'internal' });
    tiles.delete();
    generator.delete();
  });
});
