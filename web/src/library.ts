/** The generators that an engine paints with: fetched once, when they are first needed. */
import { type Assets, type BuiltInGenerator, generatorOptions } from './assets.js';
import { type RemoteFile, downloadFiles, sha256Of } from './download.js';
import type { EngineClient } from './engine/client.js';
import type { GeneratorOptions, Ingredient, LoadedModel } from './engine/protocol.js';
import { BrushworkError, invalidArgument } from './errors.js';
import type { StageProgress } from './progress.js';
import { SharedTask, joinAll } from './shared-task.js';
import type { StyleGenerator, Styles } from './styles.js';
import type { Style } from './types.js';

interface Downloaded {
  /** Milliseconds. */
  download: number;
}

/** A model that paints, in the engine or still to be fetched. */
export interface Generator extends StyleGenerator {
  readonly model: SharedTask<LoadedModel & Downloaded & { vectors: Uint8Array<ArrayBuffer> }>;
  readonly encoder: SharedTask<{ encoder: number } & Downloaded> | undefined;
}

/** What the engine needs to know of a style to paint with it. */
export interface PreparedStyle extends Downloaded {
  generator: number;
  encoder: number | undefined;
  ingredients: readonly Ingredient[];
}

export class Library {
  private readonly builtIn = new Map<string, Generator>();
  private readonly own: Generator[] = [];
  private readonly made = new Map<string, Style>();

  constructor(
    private readonly client: Pick<EngineClient, 'load' | 'loadEncoder'>,
    private readonly assets: Assets,
    private readonly styles: Styles<Generator>,
    private readonly cache: boolean,
  ) {
    for (const generator of assets.generators) this.builtIn.set(generator.id, this.published(generator));
  }

  /** A built-in style, once its generator is there. */
  async style(id: unknown, signal: AbortSignal | undefined, report: StageProgress): Promise<Style> {
    const { generator } = this.builtInStyle(id);
    await joinAll([generator.model], signal, report);
    return this.builtInStyle(id).make();
  }

  /** A style from a user's own model. Takes the bytes. */
  async add(
    onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions, title: string, signal: AbortSignal | undefined,
  ): Promise<Style> {
    const sha256 = (await sha256Of(onnx)) ?? checksum(onnx);
    const loaded = await this.client.load(onnx, options, signal);
    const model = SharedTask.of({ ...loaded, download: 0, vectors: new Uint8Array() });
    const generator = { ...identity(sha256, options), vectorBytes: 2 * loaded.styleSize, model, encoder: undefined };
    this.own.push(generator);
    return this.styles.make(`model-${this.own.length}`, title, { generator, ingredients: [] });
  }

  /** The built-in generator or the user's model with this file; the user's last one, if he reads it in several ways. */
  find(sha256: string): Generator | undefined {
    const hasIt = (generator: Generator): boolean => generator.sha256 === sha256;
    return [...this.builtIn.values()].find(hasIt) ?? [...this.own].reverse().find(hasIt);
  }

  /** The first generator that has an encoder. */
  encoding(): Generator {
    for (const generator of this.builtIn.values()) if (generator.encoder) return generator;
    throw new BrushworkError('incompatible-styles', 'styleFromImage: no generator of this build makes styles from pictures');
  }

  /** Throws unless this is one of its styles. */
  checkStyle(style: unknown): void {
    if (typeof style === 'string') this.builtInStyle(style);
    else this.styles.recipeOf(style);
  }

  /** Fetches what painting with a style takes, with `weak` also what it takes to weaken it. */
  async prepare(style: unknown, weak: boolean, signal: AbortSignal | undefined, report: StageProgress): Promise<PreparedStyle> {
    const builtIn = typeof style === 'string' ? this.builtInStyle(style) : undefined;
    const generator = builtIn?.generator ?? this.styles.recipeOf(style).generator;
    const prepared = await this.load(generator, weak, signal, report);
    return { ...prepared, ingredients: this.styles.recipeOf(builtIn?.make() ?? style).ingredients };
  }

  /** `download` is 0 for what was there before. */
  async load(
    { model, encoder }: Generator, withEncoder: boolean, signal: AbortSignal | undefined, report: StageProgress,
  ): Promise<Omit<PreparedStyle, 'ingredients'>> {
    const needed = encoder && withEncoder ? encoder : undefined;
    const waited = [!model.isDone, needed !== undefined && !needed.isDone];
    const [loaded, enlisted] = await joinAll([model, needed ?? NO_ENCODER], signal, report);
    const download = Math.max(waited[0] ? loaded.download : 0, waited[1] ? enlisted.download : 0);
    return { generator: loaded.generator, encoder: enlisted.encoder, download };
  }

  private published(built: BuiltInGenerator): Generator {
    const options = generatorOptions(built);
    const files = [built.model, ...(built.vectors ? [built.vectors] : [])].map((file) => this.assets.remote(file));
    const model = async (report: StageProgress) => {
      const { contents, download } = await fetchAll(files, this.cache, report);
      const [onnx = new Uint8Array(), vectors = new Uint8Array()] = contents;
      return { ...(await this.client.load(onnx, options, undefined)), vectors, download };
    };
    const encoder = built.encoder && this.assets.remote(built.encoder);
    return {
      ...identity(built.model.sha256, options),
      vectorBytes: built.vectorBytes,
      model: new SharedTask(model, sizeOf(files)),
      encoder: encoder && new SharedTask((report) => this.fetchEncoder(encoder, report), encoder.bytes),
    };
  }

  private async fetchEncoder(file: RemoteFile, report: StageProgress): Promise<{ encoder: number } & Downloaded> {
    const { contents: [onnx = new Uint8Array()], download } = await fetchAll([file], this.cache, report);
    return { encoder: await this.client.loadEncoder(onnx), download };
  }

  /** `make` may be called once the generator is there. */
  private builtInStyle(id: unknown): { generator: Generator; make: () => Style } {
    if (typeof id !== 'string') throw invalidArgument('style', id, 'the id of a built-in style');
    const style = this.assets.style(id);
    const generator = this.builtIn.get(style.generator);
    if (!generator) throw new BrushworkError('internal', `${style.generator} is missing from this build of the package`);
    return { generator, make: () => this.made.get(id) ?? this.makeBuiltIn(id, style.title, generator, style.vector) };
  }

  private makeBuiltIn(id: string, title: string, generator: Generator, place: number | undefined): Style {
    const { vectors } = generator.model.result;
    const size = generator.vectorBytes;
    const ingredients = place === undefined ? [] : [{ vector: vectors.slice(place * size, (place + 1) * size), weight: 1 }];
    const style = this.styles.make(id, title, { generator, ingredients });
    this.made.set(id, style);
    return style;
  }
}

const NO_ENCODER = SharedTask.of({ encoder: undefined, download: 0 });

const identity = (sha256: string, options: GeneratorOptions): { sha256: string; key: string } => ({
  sha256,
  key: JSON.stringify([sha256, options]),
});

const sizeOf = (files: readonly RemoteFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

async function fetchAll(
  files: readonly RemoteFile[], cache: boolean, report: StageProgress,
): Promise<{ contents: Uint8Array<ArrayBuffer>[] } & Downloaded> {
  const began = performance.now();
  const contents = await downloadFiles(files, cache, report);
  return { contents, download: performance.now() - began };
}

/** Tells models apart where there is no SubtleCrypto: FNV-1a. */
function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return `fnv1a-${(hash >>> 0).toString(16)}-${bytes.length}`;
}
