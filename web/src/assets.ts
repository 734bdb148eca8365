/** Where the engine's files and the built-in models lie. */
import { BUILT_IN_FILES, BUILT_IN_GENERATORS, BUILT_IN_STYLES, PROGRAM_HASHES } from './generated/builtin.js';
import type { RemoteFile } from './download.js';
import type { GeneratorOptions, ProgramFiles } from './engine/protocol.js';
import { BrushworkError } from './errors.js';
import type { VariantName } from './features.js';
import type { StyleInfo } from './types.js';

/** A file of the assets folder. */
export interface AssetFile {
  file: string;
  sha256: string;
  bytes: number;
}

/** A generator of models/manifest.json, as scripts/generate.mjs writes it. */
export interface BuiltInGenerator {
  id: string;
  model: AssetFile;
  inputRange: readonly [number, number];
  outputRange: readonly [number, number];
  channelOrder: 'rgb' | 'bgr';
  /** What makes styles from pictures. */
  encoder?: AssetFile;
  /** The vectors of all its styles, one behind the other. */
  vectors?: AssetFile;
  /** Of each vector; 0 if it has none. */
  vectorBytes: number;
}

/** A style of models/manifest.json. */
export interface BuiltInStyle {
  id: string;
  title: string;
  artist?: string;
  source: string;
  licence: string;
  preview: string;
  generator: string;
  /** Which of the generator's vectors; absent if the style is the generator's own. */
  vector?: number;
}

export const generatorOptions = ({ inputRange: [low, high], outputRange, channelOrder }: BuiltInGenerator): GeneratorOptions => {
  const bgr = channelOrder === 'bgr';
  return { input: { low, high, bgr }, output: { low: outputRange[0], high: outputRange[1], bgr }, precision: 'auto' };
};

export class Assets {
  readonly generators = BUILT_IN_GENERATORS;

  /** `folder`: an absolute URL ending in a slash, or undefined for the files beside this module. */
  constructor(private readonly folder: string | undefined) {}

  engine(variant: VariantName): ProgramFiles {
    return this.program(variant);
  }

  /** What makes graphs and tiles for a GPU. */
  gpuProgram(): ProgramFiles {
    return this.program('gpu');
  }

  /** What keeps painted videos from flickering. */
  videoProgram(): ProgramFiles {
    return this.program('video');
  }

  /** sha256 of every file that may be kept in Cache Storage. */
  hashes(): Set<string> {
    const files = BUILT_IN_GENERATORS.flatMap(({ model, encoder, vectors }) => [model, encoder, vectors]);
    return new Set([...files.flatMap((file) => (file ? [file.sha256] : [])), ...Object.values(PROGRAM_HASHES)]);
  }

  /** The workers' script in the folder. Undefined: the package's own, also where the folder is another site's, for no worker starts from there. */
  worker(): string | undefined {
    if (this.folder === undefined || new URL(this.folder).origin !== globalThis.location?.origin) return undefined;
    return this.url('brushwork-worker.js');
  }

  styles(): StyleInfo[] {
    return BUILT_IN_STYLES.map(({ id, title, artist, source, licence, preview }) => {
      const info = { id, title, source, licence, preview: this.url(preview) };
      return artist === undefined ? info : { ...info, artist };
    });
  }

  style(id: string): BuiltInStyle {
    const style = BUILT_IN_STYLES.find((candidate) => candidate.id === id);
    if (style) return style;
    const known = BUILT_IN_STYLES.map((candidate) => candidate.id).join(', ');
    throw new BrushworkError('invalid-argument', `style: got ${JSON.stringify(id)}, needed one of ${known || '(this build has none)'}`);
  }

  remote({ file, sha256, bytes }: AssetFile): RemoteFile {
    return { url: this.url(file), sha256, bytes };
  }

  private program(name: string): ProgramFiles {
    const wasm = `brushwork-${name}.wasm`;
    return { glue: this.url(`brushwork-${name}.mjs`), wasm: this.url(wasm), sha256: PROGRAM_HASHES[wasm] ?? '' };
  }

  private url(name: string): string {
    if (this.folder !== undefined) return new URL(name, this.folder).href;
    const url = BUILT_IN_FILES[name];
    if (url === undefined) throw new BrushworkError('internal', `${name} is missing from this build of the package`);
    return url;
  }
}
