// The built-in models, as the package was built with them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const modelsFolder = process.env.BRUSHWORK_MODELS ?? join(root, 'models');
export const manifest = JSON.parse(readFileSync(join(modelsFolder, 'manifest.json'), 'utf8'));
export const { styles, generators } = manifest;

/** The styles that can be blended with the first one: those of its generator. */
export const blendable = styles.filter(({ generator, vector }) => vector && generator === styles[0].generator);
/** The generator of the first style, and of styles from pictures. */
export const generator = generators.find(({ id }) => id === styles[0].generator);
