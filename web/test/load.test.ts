// A program's bytes are verified before anything of them runs: from the network, from Cache Storage, from a disk.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { compileModule } from '../src/engine/load.js';
import { failureOf } from './support.js';

const EMPTY = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
/** A module, too: with a section of no meaning. Compiles, and is not what was published. */
const OTHER = Buffer.from([...EMPTY, 0, 2, 1, 0x78]);
const BROKEN = Buffer.from([...EMPTY, 0x7f]);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sha256 = hashOf(EMPTY);
const quiet = (): void => undefined;

let server: Server;
let base = '';
const asked: string[] = [];
let content = EMPTY;

beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const type = url.startsWith('/plain') ? 'application/octet-stream' : 'application/wasm';
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': content.length }).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address) base = `http://127.0.0.1:${address.port}`;
});
afterAll(() => void server.close());
afterEach(() => {
  vi.unstubAllGlobals();
  content = EMPTY;
  asked.length = 0;
});

/** Cache Storage with one cache; the body of what is put is at `kept`. */
function stubCaches(kept: Map<string, Response>): void {
  const cache = {
    match: (key: string) => Promise.resolve(kept.get(key)?.clone()),
    put: (key: string, response: Response) => Promise.resolve(void kept.set(key, response)),
    delete: (key: string) => Promise.resolve(kept.delete(key)),
  };
  vi.stubGlobal('caches', { open: () => Promise.resolve(cache) });
}

const mismatch = (got: Uint8Array, url: string): unknown =>
  expect.objectContaining({ code: 'network', message: `${url}: got ${got.length} bytes with sha256 ${hashOf(got)}, needed ${sha256}` });

for (const path of ['/streamed.wasm', '/plain.wasm']) {
  it(`${path}: another file is refused, whether it compiles or not; nothing of it is kept; the next try is as the first`, async () => {
    const kept = new Map<string, Response>();
    stubCaches(kept);
    const url = base + path;
    const compile = (): Promise<WebAssembly.Module> => compileModule({ url, sha256 }, true, quiet);
    for (content of [OTHER, BROKEN, EMPTY.subarray(0, 7)]) expect(await failureOf(compile)).toEqual(mismatch(content, url));
    expect(kept.size).toBe(0);
    content = EMPTY;
    expect(await compile()).toBeInstanceOf(WebAssembly.Module);
    await vi.waitFor(() => expect(kept.size).toBe(1));
    asked.length = 0;
    expect(await compile()).toBeInstanceOf(WebAssembly.Module);
    expect(asked).toEqual([]);
  });
}

it('the right file that does not compile is this environment\'s failure', async () => {
  content = BROKEN;
  const error = await failureOf(() => compileModule({ url: `${base}/streamed.wasm`, sha256: hashOf(BROKEN) }, true, quiet));
  expect(error).toMatchObject({ code: 'unsupported-environment' });
});

it('what was kept is verified like what comes from the network', async () => {
  const kept = new Map<string, Response>();
  stubCaches(kept);
  const key = `https://brushwork.invalid/${sha256}`;
  kept.set(key, new Response(OTHER, { headers: { 'content-type': 'application/wasm' } }));
  await compileModule({ url: `${base}/streamed.wasm`, sha256 }, true, quiet);
  expect(asked).toEqual(['/streamed.wasm']);
  await vi.waitFor(async () => expect(new Uint8Array(await kept.get(key)!.clone().arrayBuffer())).toEqual(new Uint8Array(EMPTY)));
});

it('without SubtleCrypto fetch does it, and the message says so', async () => {
  vi.stubGlobal('crypto', {});
  const url = `${base}/streamed.wasm`;
  expect(await compileModule({ url, sha256 }, false, quiet)).toBeInstanceOf(WebAssembly.Module);
  content = OTHER;
  const error = await failureOf(() => compileModule({ url, sha256 }, false, quiet));
  expect(error).toMatchObject({ code: 'network', message: expect.stringMatching(new RegExp(`^${url}: .*; needed the file with sha256 ${sha256}$`)) as unknown });
});

it('a file on the disk is verified, too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-load-'));
  const path = join(folder, 'program.wasm');
  const url = pathToFileURL(path).href;
  writeFileSync(path, EMPTY);
  expect(await compileModule({ url, sha256 }, false, quiet)).toBeInstanceOf(WebAssembly.Module);
  writeFileSync(path, OTHER);
  expect(await failureOf(() => compileModule({ url, sha256 }, false, quiet))).toEqual(mismatch(OTHER, url));
  rmSync(folder, { recursive: true });
});
