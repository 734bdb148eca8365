// Builds the package into dist/: index.js and worker.js (each self-contained but for what they share), types, and assets/ with the
// WebAssembly programs, the built-in models and their styles.
//
//   node scripts/build.mjs [--wasm FOLDER]    FOLDER holds <preset>/wasm/brushwork-<variant>.{mjs,wasm}; default ../build
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minify } from 'rolldown/experimental';
import { flatName, generate, models, programs, readManifest, root, vectorsOf } from './generate.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
const dist = join(web, 'dist');
const flag = process.argv.indexOf('--wasm');
const wasmFolder = flag > 0 ? resolve(process.argv[flag + 1] ?? '') : join(root, 'build');

/**
 * Emscripten's glue starts its threads from a file of its own name beside it. Bundlers rename it, so let it start them from wherever it
 * came from itself.
 */
function renamable(glue, name) {
  const text = glue.replaceAll(new RegExp(`new URL\\(["']${name.replaceAll('.', '\\.')}["'],\\s*import\\.meta\\.url\\)`, 'g'), 'new URL(import.meta.url)');
  if (text.includes(name)) throw new Error(`${name} refers to itself in a way that this script does not know: adapt renamable()`);
  return text;
}

/** Nobody reads Emscripten's glue; its own optimizer leaves local names long. */
async function minified(glue, name) {
  const { code, errors } = await minify(name, glue, { module: true, compress: true, mangle: true });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  return code;
}

async function copyAssets() {
  const assets = join(dist, 'assets');
  mkdirSync(assets, { recursive: true });
  const missing = [];
  const copy = (from, name) => {
    if (existsSync(from)) copyFileSync(from, join(assets, name));
    else missing.push(from);
  };
  for (const program of programs) {
    const preset = program === 'brushwork-gpu' ? 'wasm-simd' : program.replace('brushwork', 'wasm');
    for (const extension of ['mjs', 'wasm']) {
      const name = `${program}.${extension}`;
      copy(join(wasmFolder, preset, 'wasm', name), name);
    }
  }
  if (missing.length === 0) {
    for (const name of programs.map((program) => `${program}.mjs`)) {
      const path = join(assets, name);
      writeFileSync(path, await minified(renamable(readFileSync(path, 'utf8'), name), name));
    }
  }
  const { generators, styles } = readManifest();
  for (const generator of generators) {
    for (const { model } of [generator, generator.encoder].filter(Boolean)) copy(join(models, model), flatName(model));
    const vectors = vectorsOf(generator, styles);
    if (vectors) writeFileSync(join(assets, vectors.file), vectors.content);
  }
  for (const { preview } of styles) copy(join(models, preview), flatName(preview));
  if (missing.length > 0) throw new Error(`missing, build these first:\n  ${missing.join('\n  ')}`);
}

async function bundle() {
  const build = await rolldown({
    input: { index: join(web, 'src/index.ts'), worker: join(web, 'src/worker.ts') },
    platform: 'browser',
    treeshake: true,
  });
  await build.write({
    dir: dist,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    minify: false, // readable in a debugger; whoever ships a page minifies it
    comments: { legal: true, annotation: true, jsdoc: false }, // the rest is in the source, and in the types
    sourcemap: false,
  });
  await build.close();
}

function types() {
  execFileSync(process.execPath, [join(web, 'node_modules/typescript/bin/tsc'), '-p', join(web, 'tsconfig.build.json')], { stdio: 'inherit' });
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
function report(name) {
  const path = join(dist, name);
  const compressed = brotliCompressSync(readFileSync(path)).length;
  console.log(`  ${name.padEnd(40)} ${kilobytes(statSync(path).size).padStart(8)}   brotli ${kilobytes(compressed).padStart(7)}`);
}

rmSync(dist, { recursive: true, force: true });
generate();
await copyAssets();
await bundle();
types();
for (const name of ['index.js', 'worker.js', ...programs.flatMap((name) => [`assets/${name}.mjs`, `assets/${name}.wasm`])]) report(name);
