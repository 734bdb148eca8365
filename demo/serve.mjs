// Serves the built page:  node serve.mjs [--port N] [--host NAME] [--no-isolation] [--no-open] [--root FOLDER]
// With cross-origin isolation headers unless told not to. Prints the URL, and opens it where there is a desktop.
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTENT_SECURITY_POLICY, isolationHeaders } from './headers.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
};

const asFolder = (path) => normalize(path.endsWith(sep) ? path : path + sep);

/**
 * A static server over `root`, and over further folders: `mounts` maps URL prefixes such as '/data/' to them. `policy` is the content
 * security policy; `onRequest` is told of each request. Resolves, when it listens, to { url, close }.
 */
export async function serve({
  root, mounts = {}, port = 0, host = '127.0.0.1', isolation = true, policy = CONTENT_SECURITY_POLICY, onRequest = () => undefined,
}) {
  const folders = [...Object.entries(mounts), ['/', root]].map(([prefix, path]) => [prefix, asFolder(path)]);
  const headers = {
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': policy,
    ...(isolation ? isolationHeaders : {}),
  };

  const server = createServer(async (request, response) => {
    onRequest(request);
    const fail = (status, text) => response.writeHead(status, { ...headers, 'Content-Type': 'text/plain' }).end(text);
    if (request.method !== 'GET' && request.method !== 'HEAD') return fail(405, 'GET or HEAD only');
    let path;
    let folder;
    try {
      const name = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      const [prefix, base] = folders.find(([candidate]) => name.startsWith(candidate));
      folder = base;
      path = normalize(join(folder, name.slice(prefix.length)));
    } catch {
      return fail(400, 'bad URL');
    }
    if (!path.startsWith(folder)) return fail(403, 'outside of the folder');
    if (path.endsWith(sep)) path += 'index.html';
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) return fail(404, 'not found');
    response.writeHead(200, {
      ...headers,
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Content-Length': info.size,
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(path).on('error', () => response.destroy()).pipe(response);
  });

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address();
  const name = host === '127.0.0.1' || host === '0.0.0.0' ? 'localhost' : host;
  return {
    url: `http://${name}:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** Shows the page in the desktop's browser, if there is a desktop. */
function open(url) {
  const command = process.platform === 'darwin' ? 'open' : process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? 'xdg-open' : undefined;
  if (command && process.stdout.isTTY) spawn(command, [url], { stdio: 'ignore', detached: true }).on('error', () => undefined).unref();
}

/** Serves what the command line says, over what is given: `root`, `mounts` and `policy` as above. */
export async function serveByCommandLine({ root: folder, ...settings }) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4173' },
      host: { type: 'string', default: '127.0.0.1' },
      isolation: { type: 'boolean', default: true },
      open: { type: 'boolean', default: true },
      root: { type: 'string', default: folder },
    },
    allowNegative: true,
  });
  const { root, port, host, isolation } = values;
  if (!(await stat(join(root, 'index.html')).catch(() => undefined))) {
    console.error(`${root} has no index.html: build the page first (npm run build)`);
    process.exit(1);
  }
  try {
    const { url } = await serve({ ...settings, root, port: Number(port), host, isolation });
    console.log(`${url}   (${isolation ? 'cross-origin isolated: threads' : 'not cross-origin isolated: workers'}; Ctrl-C ends)`);
    if (values.open) open(url);
  } catch (error) {
    console.error(error.code === 'EADDRINUSE' ? `port ${port} is taken: choose another with --port N` : error.message);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serveByCommandLine({ root: fileURLToPath(new URL('./dist/', import.meta.url)) });
