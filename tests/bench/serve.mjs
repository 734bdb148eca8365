// A static server over the folders that the pages need, with or without cross-origin isolation.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.wasm': 'application/wasm',
};
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * `mounts` maps prefixes such as '/dist/' to folders. `cache`: browsers may keep files without asking again. Resolves to { url,
 * requests, close }; `requests` grows by the path of every file that was asked for.
 */
export async function serve({ mounts, isolation = true, cache = false }) {
  const headers = {
    'Cache-Control': cache ? 'public, max-age=86400, immutable' : 'no-store',
    ...(isolation ? ISOLATION : {}),
  };
  const requests = [];
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    requests.push(name);
    const prefix = Object.keys(mounts).find((candidate) => name.startsWith(candidate));
    const folder = prefix && normalize(mounts[prefix] + sep);
    const path = folder && normalize(join(folder, name.slice(prefix.length)));
    const info = path?.startsWith(folder) && (await stat(path).catch(() => undefined));
    if (!info?.isFile()) {
      response.writeHead(404, headers).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Content-Length': info.size,
      // V8 keeps compiled WebAssembly only for files whose age it can tell.
      'Last-Modified': info.mtime.toUTCString(),
    });
    createReadStream(path).on('error', () => response.destroy()).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
