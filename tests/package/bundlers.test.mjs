// A page with the package in it, made by every bundler and by none, paints what Node paints.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { open } from './support/browser.mjs';
import { project, succeed, tool } from './support/install.mjs';
import { serve } from './support/serve.mjs';
import { picture } from './projects/common/picture.js';

/** What the page shows if all is well: painted by one thread, in Node. */
let expected;
before(async () => {
  const at = await project('node');
  const { Brushwork } = await import(pathToFileURL(join(at, 'node_modules/brushwork/dist/index.js')));
  const engine = await Brushwork.create();
  const { data } = await engine.stylize(picture(), { style: engine.styles()[0].id });
  expected = createHash('sha256').update(data).digest('hex');
});

function checkPage({ hash, requests, errors }, url) {
  assert.equal(hash, expected);
  assert.deepEqual(errors, []);
  // Data that a bundler put into its code is no request.
  const foreign = requests.filter((request) => !request.startsWith(url) && !request.startsWith('data:'));
  assert.deepEqual(foreign, []);
  assert.deepEqual(requests.filter((request) => /onnxruntime|ort[-.]/.test(request)), []);
}

async function checkServed(folder, headers) {
  const { url, close } = await serve(folder, headers);
  try {
    const page = await open(url);
    checkPage(page, url);
    assert.equal(page.isolated, headers.isolation);
    assert.equal(page.backend.parallelism, headers.isolation ? 'threads' : 'workers', page.backend.reasons.join('; '));
    assert.equal(page.backend.threads, 2);
  } finally {
    await close();
  }
}

const vite = (at, ...args) => succeed(process.execPath, [tool('vite/bin/vite.js'), ...args], { cwd: at });

const BUNDLERS = {
  'Vite build': async () => {
    const at = await project('vite');
    await vite(at, 'build', '--logLevel', 'warn');
    return join(at, 'dist');
  },
  'webpack 5': async () => {
    const at = await project('webpack');
    await succeed(process.execPath, [tool('webpack-cli/bin/cli.js')], { cwd: at });
    return at;
  },
  esbuild: async () => {
    const at = await project('esbuild', { using: ['esbuild'] });
    await succeed(process.execPath, ['build.mjs'], { cwd: at });
    return at;
  },
  Rollup: async () => {
    const at = await project('rollup', { using: ['rollup', '@rollup/plugin-node-resolve'] });
    await succeed(process.execPath, [tool('rollup/dist/bin/rollup'), '--config', '--failAfterWarnings'], { cwd: at });
    return at;
  },
  'no bundler': () => project('plain'),
};

for (const [name, build] of Object.entries(BUNDLERS)) {
  test(`${name}: isolated, with threads, and not, with workers; the policy allows no blobs`, async () => {
    const folder = await build();
    await checkServed(folder, { isolation: true, blob: false });
    await checkServed(folder, { isolation: false, blob: false });
    if (name === 'no bundler') {
      await checkServed(folder, { isolation: true, blob: true });
      await checkServed(folder, { isolation: false, blob: true });
    }
  });
}

test("Vite's development server", async () => {
  const at = await project('vite');
  const { createServer } = await import('vite');
  const server = await createServer({ root: at, logLevel: 'warn', server: { host: '127.0.0.1', port: 0 }, clearScreen: false });
  try {
    await server.listen();
    const { port } = server.httpServer.address();
    const url = `http://127.0.0.1:${port}/`;
    const page = await open(url);
    checkPage({ ...page, requests: page.requests.filter((request) => !request.startsWith('ws:')) }, url);
  } finally {
    await server.close();
  }
});
