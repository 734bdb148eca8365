// What a page downloads: the engine's files that Chromium asks for, compressed, and the styles as they are.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { ownStyles } from './models.mjs';
import { show } from './report.mjs';

const brotli = (file) => brotliCompressSync(readFileSync(file)).length;

/** Files of the package that a page with an engine has asked for. */
async function downloads({ browser }, style) {
  const before = browser.requests.length;
  await browser.withPage({}, (page) =>
    page.evaluate((options) => window.bench.memory(options), { style, picture: { width: 64, height: 64 }, engine: {} }),
  );
  const asked = browser.requests.slice(before).filter((name) => /^\/dist\/.*\.(js|mjs|wasm)$/.test(name));
  return [...new Set(asked)].map((name) => name.replace('/dist/', ''));
}

export async function measureSizes(context) {
  const { folders } = context;
  const styles = ownStyles(folders);
  const files = await downloads(context, styles[0].name);
  const code = files.map((name) => ({ name, size: brotli(join(folders.dist, name)) }));
  // Models are counted uncompressed: few servers compress files of their type.
  const models = styles.map(({ name, file }) => ({ name, size: statSync(file).size }));
  const largest = models.reduce((most, model) => (model.size > most.size ? model : most));
  const sum = (list) => list.reduce((total, { size }) => total + size, 0);
  const list = code.map(({ name, size }) => `${name} ${show(size, 'bytes')}`).join(', ');
  return {
    'size/code': { value: sum(code), runs: 1, note: `brotli: ${list}` },
    'size/style': { value: largest.size, runs: 1, note: `the largest of ${models.length}: ${largest.name}, uncompressed` },
    'size/styles': { value: sum(models), runs: 1 },
  };
}
