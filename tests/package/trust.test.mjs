// What the packed package can be trusted in: its hashes, its scripts, its notices; and that it is packed the same twice.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { checked, libraries, linkerMaps, systemLibraries } from '../../tools/licences/components.mjs';
import { sbom } from '../../tools/licences/sbom.mjs';
import { packed, project, readText, root, succeed, web } from './support/install.mjs';

let at;
before(async () => (at = join(await project('typescript'), 'node_modules/brushwork')));

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Every script below a folder. */
const scripts = (folder) => readdirSync(folder, { recursive: true }).filter((name) => /\.m?js$/.test(name)).map((name) => join(folder, name));

test('the entry knows the sha256 of every program and of every model', () => {
  const entry = readText(join(at, 'dist/index.js'));
  const files = readdirSync(join(at, 'dist/assets')).filter((name) => /\.(wasm|onnx|bin)$/.test(name));
  assert.ok(files.length >= 9, files.join());
  assert.deepEqual(files.filter((name) => !entry.includes(sha256(join(at, 'dist/assets', name)))), []);
});

test('no script of the package or of the page makes code of text', () => {
  const page = join(root, 'demo/dist');
  assert.ok(existsSync(page), 'demo/dist is missing: build the page first');
  const all = [...scripts(join(at, 'dist')), ...scripts(page)];
  assert.ok(all.length > 20, all.join());
  const maker =
    /\beval\s*\(|\bnew Function\b|\bFunction\s*\(\s*["'`]|\bset(?:Timeout|Interval)\s*\(\s*["'`]|\bdocument\.write\b|\bimportScripts\s*\(|javascript:/;
  const found = all.flatMap((path) => {
    const match = maker.exec(readText(path));
    return match ? [`${path}: ${match[0]}`] : [];
  });
  assert.deepEqual(found, []);
});

test('the notices name everything that is linked and bundled, each with a text', async () => {
  const notices = readText(join(at, 'THIRD_PARTY_NOTICES.md'));
  const page = readText(join(root, 'demo/dist/THIRD_PARTY_NOTICES.txt'));
  const components = (part) => JSON.parse(readText(join(root, 'build/licences', `${part}.json`)));
  for (const [text, part] of [[notices, 'web'], [page, 'demo']]) {
    for (const { name, version, licence } of components(part)) {
      assert.match(text, new RegExp(`^\\| \\[?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}[^|]*\\| ${version} \\| ${licence} \\|`, 'm'), name);
      assert.ok(text.split('\n').some((line) => line.startsWith('## ') && line.slice(3).split(', ').some((one) => name.startsWith(one))), `no text of ${name}`);
    }
  }
  const names = (part) => components(part).map(({ id }) => id);
  for (const id of ['xnnpack', 'musl', 'libcxx', 'npm-comlink']) assert.ok(names('web').includes(id), id);
  for (const id of ['npm-preact', 'npm-mediabunny', 'npm-comlink', 'xnnpack']) assert.ok(names('demo').includes(id), id);
  assert.ok((await packed()).files.some(({ path }) => path === 'THIRD_PARTY_NOTICES.md'));
});

test('what our own code includes is of libraries that are in the notices', async () => {
  const depends = await succeed('ninja', ['-C', join(root, 'build/wasm-simd'), '-t', 'deps']);
  const used = new Set();
  for (const object of depends.split('\n\n').filter((text) => !/^(tests\/|CMakeFiles\/Catch2)/.test(text))) {
    for (const [, library] of object.matchAll(/\/deps\/[^/]+\/include\/(\w+)\//g)) used.add(library);
  }
  for (const library of ['stb', 'protozero', 'xnnpack']) assert.ok(used.has(library), [...used].join());
  const known = libraries().filter(({ use }) => use === 'engine').map(({ id }) => id);
  assert.deepEqual([...used].filter((id) => !known.includes(id)), []);
});

test('what has no licence that we know, or no text, ends the build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-map-'));
  try {
    assert.throws(() => linkerMaps(folder), /no linker's map/);
    const map = join(folder, 'a.map');
    writeFileSync(map, '       -    98ed3       2f         /x/lib/libreadline-mt.a(history.o):(add_history)\n');
    assert.throws(() => systemLibraries([map]), /libreadline\.a, which is not in/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  assert.throws(() => checked({ name: 'a', licence: 'GPL-3.0-only', text: 'text' }), /a: got the licence "GPL-3.0-only", needed one of/);
  assert.throws(() => checked({ name: 'a', licence: undefined, text: 'text' }), /got the licence undefined/);
  assert.throws(() => checked({ name: 'a', licence: 'MIT', text: ' ' }), /a: its licence has no text/);
});

test('the bill of materials has all of it, the models and what is optional, and is the same twice', () => {
  const bill = sbom();
  assert.deepEqual(sbom(), bill);
  assert.deepEqual([bill.bomFormat, bill.specVersion], ['CycloneDX', '1.6']);
  const found = new Map(bill.components.map((component) => [component['bom-ref'], component]));
  assert.equal(found.size, bill.components.length);
  for (const part of ['web', 'demo']) {
    for (const { id } of JSON.parse(readText(join(root, 'build/licences', `${part}.json`)))) assert.ok(found.has(id), id);
  }
  for (const { id } of libraries()) assert.equal(found.has(id), id !== 'catch2', id);
  const { generators } = JSON.parse(readText(join(root, 'models/manifest.json')));
  for (const { id, model } of generators) assert.equal(found.get(`model-${id}`).hashes[0].content, sha256(join(root, 'models', model)));
  for (const name of ['onnxruntime-web', 'react']) assert.equal(found.get(`peer-${name}`).scope, 'optional');
  for (const { name, version, licenses } of bill.components) assert.ok(version && licenses.length === 1, name);
});

test('packed twice, it is the same to the byte', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-pack-'));
  try {
    const env = { ...process.env, TZ: 'Asia/Tokyo', LC_ALL: 'C' };
    const [{ filename }] = JSON.parse(await succeed('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: web, env }));
    assert.equal(sha256(join(folder, filename)), sha256((await packed()).path));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
