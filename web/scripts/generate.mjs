// Writes src/generated/builtin.ts from models/manifest.json: the built-in generators and styles, and a URL for every file of the
// package. Each URL is written out as `new URL('./assets/…', import.meta.url)`, the one form that bundlers recognize.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const variants = ['simd', 'simd-threads', 'relaxed', 'relaxed-threads'];

/** The WebAssembly programs of the package, each a .mjs and a .wasm: the engine in its variants, and what only GPUs and only videos need. */
export const parts = ['brushwork-gpu', 'brushwork-video'];
export const programs = [...variants.map((variant) => `brushwork-${variant}`), ...parts];

/** Where the built-in models are: BRUSHWORK_MODELS, else models/. */
export const models = process.env.BRUSHWORK_MODELS ?? `${root}models`;

/** The manifest, its files by path below that folder. */
export function readManifest() {
  const path = `${models}/manifest.json`;
  if (!existsSync(path)) return { generators: [], styles: [] };
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  if (manifest.version !== 2) throw new Error(`${path}: got version ${manifest.version}, needed 2`);
  for (const { id, generator } of manifest.styles) {
    if (!manifest.generators.some((candidate) => candidate.id === generator)) {
      throw new Error(`${path}: style ${id} has the generator ${generator}, which is not there`);
    }
  }
  return manifest;
}

/** models/ may have folders; the package's assets have none. */
export const flatName = (path) => path.replaceAll('/', '-');

/**
 * The style vectors of a generator, one behind the other in the manifest's order: a file of their own, so that a page which only
 * shows the styles does not download them.
 */
export function vectorsOf({ id }, styles) {
  const vectors = styles.filter((style) => style.generator === id && style.vector).map(({ vector }) => Buffer.from(vector, 'base64'));
  if (vectors.length === 0) return undefined;
  const odd = vectors.find(({ length }) => length !== vectors[0].length);
  if (odd) throw new Error(`generator ${id}: style vectors of ${vectors[0].length} and of ${odd.length} bytes`);
  return { file: `${id}-styles.bin`, content: Buffer.concat(vectors), each: vectors[0].length };
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex');
const fileOf = ({ model, sha256, bytes }) => ({ file: flatName(model), sha256, bytes });

function generatorOf(generator, styles) {
  const { id, inputRange, outputRange, channelOrder, encoder } = generator;
  const vectors = vectorsOf(generator, styles);
  return {
    id,
    model: fileOf(generator),
    inputRange,
    outputRange,
    channelOrder,
    ...(encoder && { encoder: fileOf(encoder) }),
    ...(vectors && {
      vectors: { file: vectors.file, sha256: sha256(vectors.content), bytes: vectors.content.length },
    }),
    vectorBytes: vectors?.each ?? 0,
  };
}

function styleOf(style, styles) {
  const { id, title, artist, source, licence, preview, generator, vector } = style;
  const siblings = styles.filter((other) => other.generator === generator && other.vector);
  const place = vector ? { vector: siblings.indexOf(style) } : {};
  return { id, title, ...(artist && { artist }), source, licence, preview: flatName(preview), generator, ...place };
}

/** sha256 of the .wasm files in this folder, as far as they are there. */
function programHashes(folder) {
  const names = programs.map((program) => `${program}.wasm`).filter((name) => existsSync(`${folder}/${name}`));
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(`${folder}/${name}`))]));
}

/** `assets`: the folder that the programs have been copied to. */
export function generate(assets = `${root}web/dist/assets`) {
  const manifest = readManifest();
  const generators = manifest.generators.map((generator) => generatorOf(generator, manifest.styles));
  const styles = manifest.styles.map((style) => styleOf(style, manifest.styles));
  const files = [
    ...programs.flatMap((program) => [`${program}.mjs`, `${program}.wasm`]),
    ...generators.flatMap(({ model, encoder, vectors }) => [model, encoder, vectors].filter(Boolean).map(({ file }) => file)),
    ...styles.map(({ preview }) => preview),
  ];
  const lines = [
    '// Written by scripts/generate.mjs from models/manifest.json.',
    "import type { BuiltInGenerator, BuiltInStyle } from '../assets.js';",
    '',
    'export const BUILT_IN_FILES: Readonly<Record<string, string>> = {',
    ...[...new Set(files)].map((file) => `  '${file}': new URL('./assets/${file}', import.meta.url).href,`),
    '};',
    '',
    '/** sha256 by file; empty where the programs were not built yet. */',
    `export const PROGRAM_HASHES: Readonly<Record<string, string>> = ${JSON.stringify(programHashes(assets), null, 2)};`,
    '',
    `export const BUILT_IN_GENERATORS: readonly BuiltInGenerator[] = ${JSON.stringify(generators, null, 2)};`,
    '',
    `export const BUILT_IN_STYLES: readonly BuiltInStyle[] = ${JSON.stringify(styles, null, 2)};`,
    '',
  ];
  const folder = `${root}web/src/generated`;
  mkdirSync(folder, { recursive: true });
  const text = lines.join('\n');
  const path = `${folder}/builtin.ts`;
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
