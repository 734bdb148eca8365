// What a page downloads: the engine's files that Chromium asks for, compressed, and the models as they are.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ownGenerators } from './models.mjs';
import { show } from './report.mjs';

const brotli = (file) => brotliCompressSync(readFileSync(file)).length;

/** Generators, encoders, style vectors. They are counted uncompressed: few servers compress files of their types. */
const isModel = (name) => /\.(onnx|bin)$/.test(name);
const isCode = (name) => /\.(js|mjs|wasm)$/.test(name);

/** Files of the package that a page asks for to paint in a built-in style. */
async function downloads({ browser }, style) {
  const before = browser.requests.length;
  await browser.withPage({}, (page) =>
    page.evaluate((options) => window.bench.memory(options), { style, picture: { width: 64, height: 64 }, engine: {} }),
  );
  const asked = browser.requests.slice(before).filter((name) => name.startsWith('/dist/'));
  return [...new Set(asked)].map((name) => name.replace('/dist/', ''));
}

export async function measureSizes(context) {
  const { folders } = context;
  const [own] = ownGenerators(folders);
  const files = await downloads(context, own.style);
  const code = files.filter(isCode).map((name) => ({ name, size: brotli(join(folders.dist, name)) }));
  const sized = (name) => ({ name, size: statSync(join(folders.dist, name)).size });
  const models = files.filter(isModel).map(sized);
  const all = readdirSync(join(folders.dist, 'assets')).map((name) => `assets/${name}`).filter(isModel).map(sized);
  const sum = (list) => list.reduce((total, { size }) => total + size, 0);
  const list = (sizes) => sizes.map(({ name, size }) => `${name} ${show(size, 'bytes')}`).join(', ');
  return {
    'size/code': { value: sum(code), runs: 1, note: `brotli: ${list(code)}` },
    'size/style': { value: sum(models), runs: 1, note: `any of the built-in ones, uncompressed: ${list(models)}` },
    'size/styles': { value: sum(all), runs: 1, note: `with what makes styles of pictures: ${list(all)}` },
  };
}
