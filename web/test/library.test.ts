import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Assets } from '../src/assets.js';
import { type Generator, Library } from '../src/library.js';
import type { StageProgress } from '../src/progress.js';
import { Styles } from '../src/styles.js';
import { failureOf } from './support.js';

interface Manifest {
  generators: { id: string; model: string; encoder?: { model: string } }[];
  styles: { id: string; generator: string; vector?: string }[];
}

const models = process.env['BRUSHWORK_MODELS'] ?? fileURLToPath(new URL('../../models', import.meta.url));
const manifest = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8')) as Manifest;
const [first, second] = manifest.styles;
if (!first || !second) throw new Error('the manifest has too few styles');
const vectors = Buffer.concat(manifest.styles.map(({ vector = '' }) => Buffer.from(vector, 'base64')));

const quiet: StageProgress = () => undefined;
let server: Server;
let folder = '';
/** Files that were asked for. */
let asked: string[] = [];
/** What a file is answered with instead. */
let replaced = new Map<string, number | Buffer>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    asked.push(name);
    const other = replaced.get(name);
    if (typeof other === 'number') response.writeHead(other).end();
    else response.end(other ?? (name.endsWith('.bin') ? vectors : readFileSync(join(models, name))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address) folder = `http://127.0.0.1:${address.port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  replaced = new Map();
});

/** A library over an engine that takes every model. */
function setUp(): { library: Library; styles: Styles<Generator>; loaded: number[] } {
  const loaded: number[] = [];
  const take = async (onnx: Uint8Array): Promise<number> => loaded.push(onnx.length) - 1;
  const engine = {
    load: async (onnx: Uint8Array) => ({ generator: await take(onnx), styleSize: 2 }),
    loadEncoder: take,
  };
  const styles = new Styles<Generator>();
  return { library: new Library(engine, new Assets(folder), styles, false), styles, loaded };
}

it('fetches a generator once for all its styles, and no encoder', async () => {
  const { library, styles, loaded } = setUp();
  const all = await Promise.all([first, second, first].map(({ id }) => library.style(id, undefined, quiet)));
  expect(all[0]).toBe(all[2]);
  expect(asked.sort()).toEqual(['painter-styles.bin', 'painter.onnx']);
  expect(loaded).toHaveLength(1);
  for (const [i, { vector = '' }] of [first, second].entries()) {
    const style = all[i];
    if (style) expect(styles.recipeOf(style).ingredients).toEqual([{ vector: new Uint8Array(Buffer.from(vector, 'base64')), weight: 1 }]);
  }
});

it('fetches the encoder when a style is to be weaker, once', async () => {
  const { library } = setUp();
  const full = await library.prepare(first.id, false, undefined, quiet);
  expect(full.encoder).toBeUndefined();
  expect(full.download).toBeGreaterThan(0);
  const weak = await Promise.all([1, 2].map(() => library.prepare(first.id, true, undefined, quiet)));
  for (const { encoder, download } of weak) {
    expect(encoder).toBe(1);
    expect(download).toBeGreaterThan(0);
  }
  expect(await library.prepare(second.id, true, undefined, quiet)).toMatchObject({ generator: 0, encoder: 1, download: 0 });
  expect(asked.filter((name) => name === 'painter-encoder.onnx')).toHaveLength(1);
});

it('fetches the generator of a style that came as JSON when it is painted with', async () => {
  const there = setUp();
  const json = (await there.library.style(first.id, undefined, quiet)).toJSON();
  asked = [];
  const { library, styles } = setUp();
  const style = styles.fromJson(json, (sha256) => library.find(sha256));
  expect(asked).toEqual([]);
  const { ingredients } = await library.prepare(style, false, undefined, quiet);
  expect(asked.sort()).toEqual(['painter-styles.bin', 'painter.onnx']);
  expect(ingredients).toEqual(there.styles.recipeOf(await there.library.style(first.id, undefined, quiet)).ingredients);
});

it('tells of all downloads together', async () => {
  const { library } = setUp();
  const seen: { done: number; total: number }[] = [];
  await library.load(library.encoding(), true, undefined, (_, done, total) => seen.push({ done, total }));
  expect(new Set(seen.map(({ total }) => total)).size).toBe(1);
  expect(seen.at(-1)?.done).toBe(seen[0]?.total);
  expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
});

it.each(['painter.onnx', 'painter-styles.bin', 'painter-encoder.onnx'])('%s: what is missing or another file is not taken, and fetched again', async (name) => {
  const { library } = setUp();
  const prepare = (): Promise<unknown> => library.prepare(first.id, true, undefined, quiet);
  replaced.set(name, 503);
  expect(await failureOf(prepare)).toMatchObject({ code: 'network', message: `${folder}${name}: HTTP status 503 Service Unavailable` });
  replaced.set(name, Buffer.from('other'));
  expect(await failureOf(prepare)).toMatchObject({ code: 'network', message: expect.stringMatching(/got 5 bytes with sha256/) as unknown });
  replaced.delete(name);
  await prepare();
});

it('aborts for the asker alone', async () => {
  const { library } = setUp();
  const controller = new AbortController();
  const aborted = failureOf(() => library.style(first.id, controller.signal, quiet));
  const other = library.style(second.id, undefined, quiet);
  controller.abort();
  expect(await aborted).toMatchObject({ code: 'aborted' });
  expect((await other).id).toBe(second.id);
  expect(asked.filter((name) => name === 'painter.onnx')).toHaveLength(1);
});

it('finds the models that it was given, and blends what they paint alike', async () => {
  const { library, styles } = setUp();
  const options = { input: { low: 0, high: 1, bgr: false }, output: { low: 0, high: 1, bgr: false }, precision: 'auto' as const };
  const add = (text: string, low = 0) => {
    const bytes = new Uint8Array(new TextEncoder().encode(text));
    return library.add(bytes, { ...options, input: { ...options.input, low } }, text, undefined);
  };
  const [a, again, other, read] = [await add('model'), await add('model'), await add('other'), await add('model', -1)];
  expect([a.id, a.title, other.id]).toEqual(['model-1', 'model', 'model-3']);
  expect(styles.recipeOf(styles.fromJson(other.toJSON(), (sha256) => library.find(sha256))).generator).toBe(styles.recipeOf(other).generator);
  expect(styles.mix([{ style: a, weight: 1 }, { style: again, weight: 1 }]).title).toBe('model');
  for (const style of [other, read]) {
    expect(() => styles.mix([{ style: a, weight: 1 }, { style, weight: 1 }])).toThrow(expect.objectContaining({ code: 'incompatible-styles' }));
  }
  expect(library.find('nothing')).toBeUndefined();
});

it('says which styles there are', async () => {
  const { library } = setUp();
  expect(await failureOf(() => library.style('crayon', undefined, quiet))).toMatchObject({ message: expect.stringContaining(second.id) as unknown });
  expect(await failureOf(() => library.style(5, undefined, quiet))).toMatchObject({ code: 'invalid-argument' });
});
