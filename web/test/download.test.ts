import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { download, verifySha256 } from '../src/download.js';
import { failureOf } from './support.js';

let server: Server;
let base = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/missing') response.writeHead(404).end();
    else if (request.url === '/slow') response.writeHead(200).write('x');
    else if (request.url === '/cut') {
      response.writeHead(200, { 'Content-Length': 100 }).write('x');
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(200, { 'Content-Length': 5 }).end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address === 'object' && address) base = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('downloads, and reports bytes', async () => {
  const seen: number[] = [];
  const bytes = await download(`${base}/file`, { onProgress: (_, done, total) => seen.push(done, total) });
  expect(new TextDecoder().decode(bytes)).toBe('hello');
  expect(seen.slice(-2)).toEqual([5, 5]);
});

it('names the URL and the status', async () => {
  expect(await failureOf(() => download(`${base}/missing`))).toMatchObject({ code: 'network', message: `${base}/missing: HTTP status 404 Not Found` });
});

it('notices a connection that breaks', async () => {
  expect(await failureOf(() => download(`${base}/cut`))).toMatchObject({ code: 'network' });
});

it('stops when told to', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  const error = await failureOf(() => download(`${base}/slow`, { signal: controller.signal }));
  expect(error).toMatchObject({ name: 'AbortError', code: 'aborted' });
});

it('refuses bytes that are not those that were published', async () => {
  const bytes = new TextEncoder().encode('hello');
  await verifySha256(bytes, '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', 'u');
  expect(await failureOf(() => verifySha256(bytes, '00', 'u'))).toMatchObject({ code: 'network', message: expect.stringMatching(/^u: got 5 bytes/) as unknown });
});
