// What the package weighs, against budget.json: bytes, of which a page downloads its own part.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { packed, project, readText } from './support/install.mjs';

const budget = JSON.parse(readText(new URL('./budget.json', import.meta.url)));
const VARIANTS = ['simd', 'simd-threads', 'relaxed', 'relaxed-threads'];
let dist;
before(async () => (dist = join(await project('typescript'), 'node_modules/brushwork/dist')));

const raw = (file) => readFileSync(join(dist, file)).length;
const compressed = (file) => brotliCompressSync(readFileSync(join(dist, file))).length;
const sum = (files, size) => files.reduce((total, file) => total + size(file), 0);

/** A module and all that it imports at once, all beside it. */
function closure(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, name] of readText(join(dist, entry)).matchAll(/(?:^|[;\n])(?:import|export)\b[^;(]*?["'`](\.\/[^"'`]+)["'`]/g)) {
    closure(name.slice(2), found);
  }
  return found;
}

const imported = (entry) => [...closure(entry)];
/** All that the CPU path of a page loads before it has a style. */
const engine = (variant) => [
  ...imported('index.js'), 'assets/brushwork-worker.js', `assets/brushwork-${variant}.mjs`, `assets/brushwork-${variant}.wasm`,
];
const beside = (entry) => imported(entry).filter((file) => !imported('index.js').includes(file));

test('the package keeps to its budget', async (t) => {
  const { size, unpackedSize } = await packed();
  const rows = [
    ...VARIANTS.map((variant) => [`engine, ${variant}, brotli`, sum(engine(variant), compressed), budget.engine]),
    ['entry, brotli', sum(imported('index.js'), compressed), budget.entry],
    ...['element', 'react']
      .filter((name) => existsSync(join(dist, `${name}.js`)))
      .map((name) => [`${name}, brotli`, sum(beside(`${name}.js`), compressed), budget[name]]),
    ['all styles', sum(['assets/painter.onnx', 'assets/painter-styles.bin'], raw), budget.styles],
    ['pictures as styles', raw('assets/painter-encoder.onnx'), budget.encoder],
    ['tarball', size, budget.tarball],
    ['installed', unpackedSize, budget.unpacked],
  ];
  for (const [what, bytes, most] of rows) {
    t.diagnostic(`${what.padEnd(34)} ${String(bytes).padStart(9)} of ${String(most).padStart(9)} (${((100 * bytes) / most).toFixed(0)} %)`);
  }
  assert.deepEqual(rows.filter(([, bytes, most]) => !(bytes <= most)), []);
});

test("the workers' script is one file, and the entry loads nothing but its own files", () => {
  assert.deepEqual(imported('assets/brushwork-worker.js'), ['assets/brushwork-worker.js']);
  for (const file of [...imported('index.js'), 'assets/brushwork-worker.js']) {
    const text = readText(join(dist, file));
    const bare = [...text.matchAll(/(?:\bfrom|\bimport) ?\(? ?["'`]([^"'`]+)["'`]/g)].map(([, name]) => name).filter((name) => !name.startsWith('./'));
    assert.deepEqual(bare, [], `${file} imports ${bare.join(', ')}`);
  }
});
