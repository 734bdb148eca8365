// Writes src/generated/builtin.ts from models/manifest.json: the built-in styles, and a URL for every file of the package. Each URL is
// written out as `new URL('./assets/…', import.meta.url)`, the one form that bundlers recognize.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const variants = ['simd', 'simd-threads', 'relaxed', 'relaxed-threads'];

/** Where the built-in models are: BRUSHWORK_MODELS, else models/. */
export const models = process.env.BRUSHWORK_MODELS ?? `${root}models`;

/** The manifest's styles, their files by path below that folder. */
export function readStyles() {
  const path = `${models}/manifest.json`;
  if (!existsSync(path)) return [];
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  if (manifest.version !== 1) throw new Error(`${path}: got version ${manifest.version}, needed 1`);
  return manifest.styles;
}

/** models/ may have folders; the package's assets have none. */
export const flatName = (path) => path.replaceAll('/', '-');

export function generate() {
  const styles = readStyles().map(({ id, title, artist, source, licence, model, preview, sha256, bytes, inputRange, outputRange, channelOrder }) => ({
    id, title, artist, source, licence, model: flatName(model), preview: flatName(preview), sha256, bytes, inputRange, outputRange, channelOrder,
  }));
  const files = [
    ...variants.flatMap((variant) => [`brushwork-${variant}.mjs`, `brushwork-${variant}.wasm`]),
    ...styles.flatMap(({ model, preview }) => [model, preview]),
  ];
  const lines = [
    '// Written by scripts/generate.mjs from models/manifest.json.',
    "import type { BuiltInStyle } from '../assets.js';",
    '',
    'export const BUILT_IN_FILES: Readonly<Record<string, string>> = {',
    ...[...new Set(files)].map((file) => `  '${file}': new URL('./assets/${file}', import.meta.url).href,`),
    '};',
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
