// The package beside ONNX Runtime Web, its optional peer: bundlers find it and its files, and a GPU (the processor's imitation of one) paints.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open } from './support/browser.mjs';
import { project, succeed, tool } from './support/install.mjs';
import { serve } from './support/serve.mjs';

const SOFTWARE_GPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const BUNDLERS = {
  Vite: async (at) => {
    await succeed(process.execPath, [tool('vite/bin/vite.js'), 'build', '--logLevel', 'warn', '--target', 'es2022'], { cwd: at });
    return join(at, 'dist');
  },
  'webpack 5': async (at) => {
    await succeed(process.execPath, [tool('webpack-cli/bin/cli.js'), '--output-path', join(at, 'public')], { cwd: at });
    cpSync(join(at, 'index.html'), join(at, 'public/index.html'));
    return join(at, 'public');
  },
};

for (const [name, build] of Object.entries(BUNDLERS)) {
  test(`${name}: WebGPU with files of this site only`, async () => {
    const at = await project('gpu', { using: ['onnxruntime-web'] });
    mkdirSync(join(at, 'public'), { recursive: true });
    const { url, close } = await serve(await build(at), { isolation: true, blob: false });
    try {
      const { backend, values, requests, errors } = await open(url, SOFTWARE_GPU);
      assert.equal(backend.kind, 'webgpu', backend.reasons.join('; '));
      assert.deepEqual(errors, []);
      assert.equal(values.length, 40 * 32 * 4);
      assert.ok(new Set(values).size > 50, 'a painting of one colour');
      assert.deepEqual(requests.filter((request) => !request.startsWith(url) && !request.startsWith('data:')), []);
      // The engine's, the GPU program's and ONNX Runtime's, whatever the bundler calls them.
      assert.equal(new Set(requests.filter((request) => request.endsWith('.wasm'))).size, 3, requests.join('\n'));
    } finally {
      await close();
    }
  });
}
