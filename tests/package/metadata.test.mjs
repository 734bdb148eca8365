// What the package says of itself: types and exports.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packed, project, readText, run, succeed, tool, web } from './support/install.mjs';

const manifest = JSON.parse(readText(join(web, 'package.json')));
let at;
let assets;
before(async () => {
  at = await project('typescript');
  assets = (await packed()).files.map(({ path }) => path).filter((path) => path.startsWith('dist/assets/'));
});

for (const compiler of ['typescript', 'typescript-5']) {
  for (const module of ['bundler', 'node16', 'nodenext']) {
    test(`types, strict, by ${compiler} with ${module} resolution`, async () => {
      const flags = module === 'bundler' ? ['--module', 'esnext', '--moduleResolution', 'bundler'] : ['--module', module];
      await succeed(process.execPath, [tool(`${compiler}/bin/tsc`), '-p', at, ...flags]);
    });
  }
}

test('publint has nothing to say', async () => {
  const { path } = await packed();
  const tarball = new Uint8Array(readFileSync(path)).buffer;
  const { messages } = await publint({ pack: { tarball }, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest)), []);
});

test('the types are right for every way to import', async () => {
  const { path } = await packed();
  const { status, stdout, stderr } = await run(process.execPath, [tool('@arethetypeswrong/cli/dist/index.js'), path, '--profile', 'esm-only', '--no-emoji']);
  assert.equal(status, 0, stdout + stderr);
});

test('every engine and every model has a subpath, and types come first', async () => {
  const names = assets.filter((path) => /\.(wasm|onnx)$/.test(path)).map((path) => path.slice('dist/assets/'.length));
  assert.ok(names.length >= 6, names.join());
  const script = `for (const name of ${JSON.stringify(names)}) for (const folder of ['', 'assets/']) console.log(import.meta.resolve('brushwork/' + folder + name));`;
  const resolved = await succeed(process.execPath, ['--input-type=module', '--eval', script], { cwd: at });
  const folder = pathToFileURL(join(at, 'node_modules/brushwork/dist/assets/')).href;
  assert.deepEqual(resolved.trim().split('\n'), names.flatMap((name) => [folder + name, folder + name]));
  for (const [name, target] of Object.entries(manifest.exports)) if (typeof target === 'object') assert.equal(Object.keys(target)[0], 'types', name);
});

test('nothing else is installed with it, and bundlers may leave out what is not used', () => {
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.sideEffects, false);
  for (const name of Object.keys(manifest.peerDependencies)) assert.equal(manifest.peerDependenciesMeta[name].optional, true, name);
});
