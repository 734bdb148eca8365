// Builds the package into dist/: its entries with the chunks that they share, types, and assets/ with the workers' script, the
// WebAssembly programs, the built-in models and their styles.
//
//   node scripts/build.mjs [--wasm FOLDER]    FOLDER holds <preset>/wasm/brushwork-<variant>.{mjs,wasm}; default ../build
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minify } from 'rolldown/experimental';
import { linkedComponents } from '../../tools/licences/components.mjs';
import { keepComponents, notices } from '../../tools/licences/notices.mjs';
import { npmComponents } from '../../tools/licences/npm.mjs';
import { flatName, generate, models, parts, programs, readManifest, root, vectorsOf } from './generate.mjs';

const web = fileURLToPath(new URL('..', import.meta.url));
const dist = join(web, 'dist');
const { peerDependencies: peers = {} } = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'));
const flag = process.argv.indexOf('--wasm');
const wasmFolder = flag > 0 ? resolve(process.argv[flag + 1] ?? '') : join(root, 'build');

/** Emscripten's glue starts workers of its own, from a file of its own name. Here the page starts them: web/src/engine/threads.ts. */
function withoutWorkers(glue, name) {
  const own = `new URL\\(["']${name.replaceAll('.', '\\.')}["'],\\s*import\\.meta\\.url\\)`;
  const text = glue
    .replaceAll(new RegExp(`new Worker\\(${own},\\s*(\\w+|\\{[^}]*\\})\\)`, 'g'), 'Module["brushworkThread"]()');
  if (text.includes(name) || text.includes('new Worker')) {
    throw new Error(`${name} starts workers in a way that this script does not know: adapt withoutWorkers()`);
  }
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
    const preset = parts.includes(program) ? 'wasm-simd' : program.replace('brushwork', 'wasm');
    for (const extension of ['mjs', 'wasm']) {
      const name = `${program}.${extension}`;
      copy(join(wasmFolder, preset, 'wasm', name), name);
    }
  }
  if (missing.length === 0) {
    for (const name of programs.map((program) => `${program}.mjs`)) {
      const path = join(assets, name);
      writeFileSync(path, await minified(withoutWorkers(readFileSync(path, 'utf8'), name), name));
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

const source = (file) => join(web, 'src', file);

/** The entries beside index.js, as far as they are written. */
const others = Object.fromEntries(
  [['element', 'element.ts'], ['react', 'react.ts'], ['cli', 'cli/main.ts']]
    .map(([name, file]) => [name, source(file)])
    .filter(([, path]) => existsSync(path)),
);

/** What the package's users import is one module, of which there is one copy. */
const importIndex = {
  name: 'import-index',
  async resolveId(id, importer, options) {
    if (importer === undefined || (await this.resolve(id, importer, { ...options, skipSelf: true }))?.id !== source('index.ts')) return null;
    return { id: './index.js', external: true };
  },
};

/** The minifier's backquotes are not what every bundler looks for. As long as before, so that source maps stay right. */
function quoteUrls(path) {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replaceAll(/new URL\(`([^`$]*)`,import\.meta\.url\)/g, 'new URL("$1",import.meta.url)'));
}

/** With their subpaths. */
const external = [/^node:/, ...Object.keys(peers).map((name) => new RegExp(`^${name}(/|$)`))];

/** Resolves to the modules that were bundled. */
async function bundle(input, output, plugins = []) {
  const build = await rolldown({ input, plugins, platform: 'browser', treeshake: true, external });
  const { output: chunks } = await build.write({
    dir: dist,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: { legal: true, annotation: true, jsdoc: false }, // the rest is in the source, and in the types
    ...output,
  });
  await build.close();
  for (const { fileName, type } of chunks) if (type === 'chunk') quoteUrls(join(dist, fileName));
  return chunks.flatMap(({ moduleIds = [] }) => moduleIds);
}

/** Resolves to the modules of all that was bundled. */
async function bundleAll() {
  // Small as it is, for pages without a bundler; a debugger has the source. Messages name classes.
  const mangle = { keepNames: { class: true, function: false } };
  const shipped = { minify: { compress: true, mangle, codegen: true }, sourcemap: true };
  const shared = new Set(await bundle({ index: source('index.ts') }, shipped));
  const beside = await bundle(others, shipped, [importIndex]);
  const twice = beside.filter((id) => shared.has(id));
  if (twice.length > 0) throw new Error(`in index.js and in another entry: import from index.js what is in ${twice.join(', ')}`);
  // One file, since it is also copied and served as it is, whatever a bundler makes of the rest.
  const worker = await bundle({ 'assets/brushwork-worker': source('worker.ts') }, { minify: true, codeSplitting: false });
  return [...shared, ...beside, ...worker];
}

/** The licences of what is in the package and not ours ask for their texts to go with every copy. */
function writeNotices(modules) {
  const components = [...linkedComponents(wasmFolder), ...npmComponents(modules, web)];
  keepComponents('web', components);
  writeFileSync(join(web, 'THIRD_PARTY_NOTICES.md'), notices('the npm package', components));
}

function types() {
  execFileSync(process.execPath, [join(web, 'node_modules/typescript/bin/tsc'), '-p', join(web, 'tsconfig.build.json')], { stdio: 'inherit' });
}

/** npm packs files with the modes that they have here, and those of a checkout depend on whose it is. */
function setModes() {
  const built = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  const beside = ['package.json', 'README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md'].map((name) => join(web, name));
  for (const path of [...built, ...beside]) chmodSync(path, 0o644);
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
function report(name) {
  const path = join(dist, name);
  const compressed = brotliCompressSync(readFileSync(path)).length;
  console.log(`  ${name.padEnd(40)} ${kilobytes(statSync(path).size).padStart(8)}   brotli ${kilobytes(compressed).padStart(7)}`);
}

rmSync(dist, { recursive: true, force: true });
await copyAssets();
generate(); // with the hashes of what was copied
writeNotices(await bundleAll());
types();
copyFileSync(join(root, 'LICENSE'), join(web, 'LICENSE')); // npm packs no file from above the package
setModes();
for (const name of ['index.js', 'element.js', 'react.js', 'assets/brushwork-worker.js', ...programs.flatMap((name) => [`assets/${name}.mjs`, `assets/${name}.wasm`])]) report(name);
