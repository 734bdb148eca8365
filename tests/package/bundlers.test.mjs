// A page with the package in it, made by every bundler and by none, paints what Node paints.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createServer } from 'vite';
import { open } from './support/browser.mjs';
import { project, readText, run, succeed, tool, web } from './support/install.mjs';
import { ISOLATION, serve } from './support/serve.mjs';
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

function checkPage({ hash, backend, isolated, requests, errors }, url, isolation) {
  assert.equal(hash, expected);
  assert.deepEqual(errors, []);
  assert.equal(isolated, isolation);
  const { parallelism, threads } = backend;
  assert.deepEqual([parallelism, threads], [isolation ? 'threads' : 'workers', 2], backend.reasons.join('; '));
  // Data that a bundler put into its code is no request.
  const foreign = requests.filter((request) => !request.startsWith(url) && !request.startsWith('data:'));
  assert.deepEqual(foreign, []);
  assert.deepEqual(requests.filter((request) => /onnxruntime|\bort[-.]/.test(request)), []);
}

async function checkServed(folder, headers) {
  const { url, close } = await serve(folder, headers);
  try {
    checkPage(await open(url), url, headers.isolation);
  } finally {
    await close();
  }
}

/** Runs a bundler that has nothing to complain of. */
async function quietly(at, ...args) {
  const { status, stdout, stderr } = await run(process.execPath, args, { cwd: at });
  assert.deepEqual({ status, output: stdout + stderr }, { status: 0, output: '' });
}

const BUNDLERS = {
  'Vite build': async () => {
    const at = await project('vite');
    await quietly(at, tool('vite/bin/vite.js'), 'build', '--logLevel', 'warn');
    return join(at, 'dist');
  },
  'webpack 5': async () => {
    const at = await project('webpack');
    await succeed(process.execPath, [tool('webpack-cli/bin/cli.js')], { cwd: at });
    return at;
  },
  esbuild: async () => {
    const at = await project('esbuild', { using: ['esbuild'] });
    await quietly(at, 'build.mjs');
    return at;
  },
  Rollup: async () => {
    const at = await project('rollup', { using: ['rollup', '@rollup/plugin-node-resolve'] });
    await succeed(process.execPath, [tool('rollup/dist/bin/rollup'), '--config'], { cwd: at });
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

for (const isolation of [true, false]) {
  test(`Vite's development server, ${isolation ? 'isolated' : 'not isolated'}`, async () => {
    const at = await project('vite');
    const headers = isolation ? ISOLATION : {};
    const server = await createServer({ root: at, logLevel: 'warn', server: { host: '127.0.0.1', port: 0, headers } });
    try {
      await server.listen();
      const url = `http://127.0.0.1:${server.httpServer.address().port}/`;
      checkPage(await open(url), url, isolation);
    } finally {
      await server.close();
    }
  });
}

test('the README shows what is tested here', () => {
  const readme = readText(join(web, 'README.md'));
  const shown = (path) => readText(new URL(`projects/${path}`, import.meta.url)).trim();
  assert.ok(readme.includes(`// build.mjs\n${shown('esbuild/build.mjs')}\n\`\`\``));
  assert.ok(readme.includes(`// rollup.config.js\n${shown('rollup/rollup.config.js')}\n\`\`\``));
  assert.ok(readme.includes(shown('plain/main.js').split('\n')[0]));
  for (const name of ['esbuild', 'rollup']) assert.match(shown(`${name}/main.js`), /assets: new URL\('\.\/brushwork\/', import\.meta\.url\)/);
  assert.match(readme, /assets: new URL\('\.\/brushwork\/', import\.meta\.url\)/);
});
