import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, expect, it } from 'vitest';
import type { Handle } from '../src/engine/module.js';
import { Runtime } from '../src/engine/runtime.js';
import type { GeneratorOptions } from '../src/engine/protocol.js';

/** What the module below was asked for, in order. */
interface Log {
  log: string[];
}
const fake: Log = { log: [] };
(globalThis as unknown as { fake: Log }).fake = fake;
const { log } = fake;

/** A module whose handles know how many modules there were before. */
const GLUE = `
  let modules = 0;
  const { log } = globalThis.fake;
  const handle = (what) => ({ value: { what, delete: () => log.push('delete ' + what) } });
  export default async () => {
    const module = ++modules;
    log.push('start ' + module);
    return {
      createEngine: () => handle('engine ' + module),
      loadGenerator: (onnx) => (log.push('generator ' + module + ': ' + onnx), handle('generator ' + module)),
      loadEncoder: (onnx) => onnx[0] === 9 ? { code: 'invalid-model', message: 'no encoder' } : (log.push('encoder ' + module + ': ' + onnx), handle('encoder ' + module)),
    };
  };`;

const folder = mkdtempSync(join(tmpdir(), 'brushwork-runtime-'));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return pathToFileURL(join(folder, name)).href;
};
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const request = {
  glue: file('glue.mjs', GLUE), wasm: file('empty.wasm', EMPTY), sha256: createHash('sha256').update(EMPTY).digest('hex'),
  threads: 1, threaded: false, bandRows: 0, profile: false, cache: false,
};
const range = { low: 0, high: 1, bgr: false };
const options: GeneratorOptions = { input: range, output: range, precision: 'auto' };

beforeEach(() => log.splice(0));
afterAll(() => rmSync(folder, { recursive: true }));

const whatOf = (handle: Handle): unknown => (handle as Handle & { what: string }).what;

it('brings generators and encoders back after a crash', async () => {
  const runtime = new Runtime(request);
  runtime.setModel(0, { onnx: new Uint8Array([1, 2]), options });
  runtime.setEncoder(0, new Uint8Array([3]));
  const running = await runtime.start();
  const [generator, encoder] = [runtime.generator(running, 0), runtime.encoder(running, 0)];
  expect(runtime.generator(await runtime.start(), 0)).toBe(generator);
  expect(runtime.encoder(await runtime.start(), 0)).toBe(encoder);
  expect(log).toEqual(['start 1', 'generator 1: 1,2', 'encoder 1: 3']);
  runtime.noteCrash(new WebAssembly.RuntimeError('unreachable'));
  const restarted = await runtime.start();
  expect(whatOf(runtime.generator(restarted, 0))).toBe('generator 2');
  expect(whatOf(runtime.encoder(restarted, 0))).toBe('encoder 2');
  // The handles of the module that crashed have gone with it.
  expect(log.slice(3)).toEqual(['start 2', 'generator 2: 1,2', 'encoder 2: 3']);
});

it('frees all handles when it is closed', async () => {
  const runtime = new Runtime(request);
  runtime.setModel(0, { onnx: new Uint8Array([1]), options });
  runtime.setEncoder(5, new Uint8Array([3]));
  const running = await runtime.start();
  runtime.generator(running, 0);
  runtime.encoder(running, 5);
  runtime.close();
  expect(log.filter((line) => line.startsWith('delete')).map((line) => line.split(' ')[1])).toEqual(['generator', 'encoder', 'engine']);
});

it('says that it has no such encoder, or cannot read it', async () => {
  const runtime = new Runtime(request);
  const running = await runtime.start();
  expect(() => runtime.encoder(running, 1)).toThrow(/no encoder 1/);
  runtime.setEncoder(1, new Uint8Array([9]));
  expect(() => runtime.encoder(running, 1)).toThrow(expect.objectContaining({ code: 'invalid-model' }));
  runtime.dropEncoder(1);
  expect(() => runtime.encoder(running, 1)).toThrow(/no encoder 1/);
});
