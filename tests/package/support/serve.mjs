// A static server that sends the headers of a careful site.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
};

export const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The policy, with or without `blob:` for workers. */
const policy = ({ blob }) => `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'${blob ? ' blob:' : ''}`;

/** Serves a folder. Resolves to { url, close }. */
export async function serve(folder, { isolation, blob }) {
  const headers = { 'Content-Security-Policy': policy({ blob }), ...(isolation ? ISOLATION : {}) };
  const server = createServer(async (request, response) => {
    let name = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (name === '/favicon.ico') return response.writeHead(204).end();
    if (name.endsWith('/')) name += 'index.html';
    try {
      const bytes = await readFile(join(folder, name));
      response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      response.writeHead(404, headers).end('not found');
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}
