// A server that goes wrong when it is told to: the repository as `isolated` and `plain` serve it, but for the files that have a fault.
import { readFileSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { join } from 'node:path';
import { serve } from '../../../demo/serve.mjs';
import { root, test as base } from './fixtures.mjs';

/** What can be wrong with an answer. Each is a function of the response, its headers and the file's bytes. */
export const faults = {
  /** The socket closes after so many bytes of a body that was announced whole. */
  cut: (after) => (response, headers, bytes) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, after), () => response.destroy());
  },
  /** So many bytes come, and then nothing, for ever. */
  stall: (after) => (response, headers, bytes) => {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.write(bytes.subarray(0, after));
  },
  /** Not even a header comes. */
  silence: () => () => undefined,
  status: (status) => (response, headers) => {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain' });
    response.end('no');
  },
  /** What many hosts send for whatever they do not have. */
  html: () => (response, headers) => {
    response.writeHead(200, { ...headers, 'content-type': 'text/html' });
    response.end('<!doctype html><title>Not here</title>');
  },
  /** Whole, as far as anybody can tell from the headers. */
  truncated: (length) => (response, headers, bytes) => {
    response.writeHead(200, { ...headers, 'content-length': length });
    response.end(bytes.subarray(0, length));
  },
  /** One bit of it is another. */
  flipped: (at) => (response, headers, bytes) => {
    const wrong = Buffer.from(bytes);
    wrong[at] ^= 1;
    response.writeHead(200, { ...headers, 'content-length': wrong.length });
    response.end(wrong);
  },
  /** Says that it is compressed, and is not. */
  encoding: () => (response, headers, bytes) => {
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip', 'content-length': bytes.length });
    response.end(bytes);
  },
};

/**
 * `fault`: called with each request's file name and how often that was asked for before; what it returns, one of `faults`, is the answer.
 * `asked` has the names in order.
 */
async function serveHostile(isolation) {
  const inner = await serve({ root, isolation });
  const hostile = { fault: () => undefined, asked: [] };
  const counts = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url, inner.url).pathname;
    const name = path.replace(/.*\//, '');
    const before = counts.get(name) ?? 0;
    counts.set(name, before + 1);
    hostile.asked.push(name);
    const fault = hostile.fault(name, before);
    // No connection is used twice, so that the browser does not try again by itself.
    const asking = ask(new URL(request.url, inner.url), { method: request.method }, (answer) => {
      const headers = { ...answer.headers, 'cache-control': 'no-store', connection: 'close' };
      if (fault) {
        answer.resume();
        return fault(response, headers, readFileSync(join(root, decodeURIComponent(path))));
      }
      response.writeHead(answer.statusCode, headers);
      answer.pipe(response);
    });
    asking.end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(hostile, {
    url: `http://localhost:${server.address().port}/`,
    /** Begins to count anew. */
    reset() {
      counts.clear();
      hostile.asked.length = 0;
      hostile.fault = () => undefined;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await inner.close();
    },
  });
}

export const test = base.extend({
  /** Opens the harness page on such a server, which is `hostile`. */
  hostile: async ({ page, consoleErrors }, use) => {
    const servers = [];
    await use(async ({ isolation = false } = {}) => {
      const server = await serveHostile(isolation);
      servers.push(server);
      await page.goto(`${server.url}tests/browser/pages/harness.html`);
      await page.waitForFunction(() => window.t !== undefined);
      return server;
    });
    for (const server of servers) await server.close();
    consoleErrors.splice(0, consoleErrors.length, ...consoleErrors.filter((text) => !/^Failed to load resource|WebAssembly response|integrity/.test(text)));
  },
});
