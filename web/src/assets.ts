/** Where the engine's files and the built-in models lie. */
import { BUILT_IN_FILES, BUILT_IN_STYLES } from './generated/builtin.js';
import { BrushworkError } from './errors.js';
import type { GeneratorOptions } from './engine/protocol.js';
import type { VariantName } from './features.js';
import type { StyleInfo } from './types.js';

/** An entry of models/manifest.json, as scripts/generate.mjs copies it. */
export interface BuiltInStyle {
  id: string;
  title: string;
  artist?: string;
  source: string;
  licence: string;
  /** File names in the assets folder. */
  model: string;
  preview: string;
  sha256: string;
  bytes: number;
  inputRange: readonly [number, number];
  outputRange: readonly [number, number];
  channelOrder: 'rgb' | 'bgr';
}

export class Assets {
  /** `folder`: an absolute URL ending in a slash, or undefined for the files beside this module. */
  constructor(private readonly folder: string | undefined) {}

  engine(variant: VariantName): { glue: string; wasm: string } {
    return { glue: this.url(`brushwork-${variant}.mjs`), wasm: this.url(`brushwork-${variant}.wasm`) };
  }

  styles(): StyleInfo[] {
    return BUILT_IN_STYLES.map(({ id, title, artist, source, licence, preview }) => {
      const info = { id, title, source, licence, preview: this.url(preview) };
      return artist === undefined ? info : { ...info, artist };
    });
  }

  style(id: string): { style: BuiltInStyle; url: string; options: GeneratorOptions } {
    const style = BUILT_IN_STYLES.find((candidate) => candidate.id === id);
    if (!style) {
      const known = BUILT_IN_STYLES.map((candidate) => candidate.id).join(', ');
      throw new BrushworkError('invalid-argument', `style: got ${JSON.stringify(id)}, needed one of ${known || '(this build has none)'}`);
    }
    const bgr = style.channelOrder === 'bgr';
    const [input, output] = [style.inputRange, style.outputRange];
    return {
      style,
      url: this.url(style.model),
      options: {
        input: { low: input[0], high: input[1], bgr },
        output: { low: output[0], high: output[1], bgr },
        precision: 'auto',
      },
    };
  }

  private url(name: string): string {
    if (this.folder !== undefined) return new URL(name, this.folder).href;
    const url = BUILT_IN_FILES[name];
    if (url === undefined) throw new BrushworkError('internal', `${name} is missing from this build of the package`);
    return url;
  }
}
