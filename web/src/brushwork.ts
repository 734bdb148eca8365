import { Assets } from './assets.js';
import { download } from './download.js';
import { EngineClient } from './engine/client.js';
import { BrushworkError, describe, invalidArgument, throwIfAborted } from './errors.js';
import { VARIANTS, chooseBackend, detectFeatures, type BackendChoice } from './features.js';
import { readBlob, readImage } from './images.js';
import { type Generator, Library } from './library.js';
import { type EngineSettings, checkCallOptions, checkCreateOptions, checkModelOptions, checkStylizeOptions } from './options.js';
import { EnginePainting } from './painting.js';
import { ProgressReporter, type Shares, type StageProgress } from './progress.js';
import { Styles } from './styles.js';
import type {
  BackendInfo, Call, CreateOptions, ImageInput, ModelOptions, Painting, Stage, Style, StyleInfo, StylizeOptions,
} from './types.js';

/** An engine: paints pictures, one at a time, in the order in which they come. */
export class Brushwork implements Disposable {
  /** What this engine runs on, and why. */
  readonly backend: BackendInfo;
  readonly #client: EngineClient;
  readonly #assets: Assets;
  readonly #styles = new Styles<Generator>();
  readonly #library: Library;
  #compile: number;
  #pictures = 0;

  private constructor(client: EngineClient, assets: Assets, backend: BackendInfo, compile: number) {
    this.#client = client;
    this.#assets = assets;
    this.#library = new Library(client, assets, this.#styles);
    this.backend = backend;
    this.#compile = compile;
  }

  /** Chooses a variant, downloads, compiles and starts it. */
  static async create(options: CreateOptions = {}): Promise<Brushwork> {
    const request = checkCreateOptions(options);
    throwIfAborted(options.signal);
    const features = detectFeatures();
    const choice = chooseBackend(features, request);
    const assets = new Assets(request.assets);
    const progress = new ProgressReporter(options.onProgress, { download: [0, 0.6], compile: [0.6, 1] });
    try {
      const engine = await startEngine(choice, assets, request, options.signal, progress.report).catch((error: unknown) => {
        if (choice.info.threads === 1 || !isAboutThreads(error)) throw error;
        const single = chooseBackend(features, { ...request, threads: 1 });
        single.info.reasons.pop(); // "asked for", which it was not
        single.info.reasons.push(`one thread: ${choice.info.threads} did not start: ${error.message}`);
        return startEngine(single, assets, request, options.signal, progress.report);
      });
      progress.finish();
      return new Brushwork(engine.client, assets, engine.info, engine.compile);
    } finally {
      progress.stop();
    }
  }

  /** Built-in styles, in the order to show them. */
  styles(): StyleInfo[] {
    this.#client.checkAlive();
    return this.#assets.styles();
  }

  /** A built-in style by id. Its generator is fetched once, for all its styles. */
  async style(id: string, call: Call = {}): Promise<Style> {
    this.#client.checkAlive();
    checkCallOptions('style', call);
    return withProgress(call, { download: [0, 0.9] }, (report) => this.#library.style(id, call.signal, report));
  }

  /** A style from any picture. The first one fetches the generator and its encoder. The picture is read at once. */
  async styleFromImage(picture: ImageInput, call: Call = {}): Promise<Style> {
    this.#client.checkAlive();
    checkCallOptions('styleFromImage', call);
    const { signal } = call;
    throwIfAborted(signal);
    const id = `picture-${++this.#pictures}`;
    return withProgress(call, { download: [0, 0.8], decode: [0.8, 0.9] }, async (report) => {
      const generator = this.#library.encoding();
      const [raw, { encoder }] = await Promise.all([
        readImage(picture, 'picture'),
        this.#library.load(generator, true, signal, report),
      ]);
      if (encoder === undefined) throw new BrushworkError('internal', 'a generator without its encoder');
      const vector = await this.#client.extractStyle(encoder, raw, signal, report);
      return this.#styles.make(id, titleOf(picture), { generator, ingredients: [{ vector, weight: 1 }] });
    });
  }

  /**
   * A style from a user's own image-to-image ONNX generator (float or QDQ int8, NCHW, 3 channels in and out).
   * Defaults: inputRange [0, 1], outputRange as inputRange, 'rgb', precision 'auto'.
   */
  async styleFromModel(onnx: Blob | ArrayBuffer | Uint8Array | string | URL, options: ModelOptions = {}): Promise<Style> {
    this.#client.checkAlive();
    const { title, generator } = checkModelOptions(options);
    const { signal } = options;
    throwIfAborted(signal);
    return withProgress(options, { download: [0, 0.9] }, async (report) => {
      return this.#library.add(await readModel(onnx, signal, report), generator, title, signal);
    });
  }

  /**
   * A blend of styles that one generator paints, else 'incompatible-styles'. Weights are at least 0, and normalized to sum 1. Blends
   * can be blended again.
   */
  mix(parts: { style: Style; weight: number }[]): Style {
    this.#client.checkAlive();
    return this.#styles.mix(parts);
  }

  /**
   * A style from what its `toJSON` gave, as it is or as text, here or in another engine or page. It takes one of the built-in
   * generators, or a model that this engine has loaded by `styleFromModel`, else 'incompatible-styles'.
   */
  styleFromJSON(json: unknown): Style {
    this.#client.checkAlive();
    return this.#styles.fromJson(json, (sha256) => this.#library.find(sha256));
  }

  /** Paints a picture. Calls are served in turn; the picture is read at once, so it may change afterwards. */
  async stylize(image: ImageInput, options: StylizeOptions): Promise<Painting> {
    this.#client.checkAlive();
    const settings = checkStylizeOptions(options);
    const { signal } = options;
    throwIfAborted(signal);
    const shares = { download: [0, 0.1], decode: [0.1, 0.12], measure: [0.12, 1], paint: [0.12, 1] } as const;
    return withProgress(options, shares, async (report) => {
      const weak = settings.strength > 0 && settings.strength < 1;
      const [raw, { download: downloaded, ...style }] = await Promise.all([
        readImage(image),
        this.#library.prepare(options.style, weak, signal, report),
      ]);
      const painted = await this.#client.paint({ image: raw, ...style, ...settings }, signal, report);
      const timings: Record<Stage, number> = { download: downloaded, compile: this.#compile, encode: 0, ...painted.timings };
      this.#compile = 0;
      return new EnginePainting(this.#client, painted, timings);
    });
  }

  /** Bytes of engine memory now and at most so far, as of the last reply of the engine. */
  memory(): { current: number; peak: number } {
    const { current, peak } = this.#client.numbers;
    return { current, peak };
  }

  /** Ends the engine and frees its memory. Calls in flight are rejected with 'disposed'. */
  dispose(): void {
    this.#client.dispose();
  }

  /** So that `using engine = await Brushwork.create()` ends it. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** C++ objects alive, for tests. @internal */
  [Symbol.for('brushwork.objects')](): number {
    return this.#client.numbers.objects;
  }

  /** JSON: what each step of the last painting took, if created with `profile`; for benchmarks. @internal */
  [Symbol.for('brushwork.profile')](): Promise<string> {
    return this.#client.profile();
  }
}

/** A call with its progress, which ends at 1 if the call succeeds. */
async function withProgress<T>(
  { onProgress }: Call, shares: Shares, work: (report: StageProgress) => Promise<T>,
): Promise<T> {
  const progress = new ProgressReporter(onProgress, shares);
  try {
    const result = await work(progress.report);
    progress.finish();
    return result;
  } finally {
    progress.stop();
  }
}

/** What to call a style that was made of this. */
function titleOf(picture: unknown): string {
  const name = typeof File === 'function' && picture instanceof File ? picture.name.replace(/\.[^.]*$/, '') : '';
  return name || 'Picture';
}

async function startEngine(
  { name, host, info }: BackendChoice, assets: Assets, { bandRows, profile }: EngineSettings, signal: AbortSignal | undefined,
  report: StageProgress,
): Promise<{ client: EngineClient; info: BackendInfo; compile: number }> {
  const files = assets.engine(name);
  const { threaded } = VARIANTS[name];
  const client = await EngineClient.open(host, threaded ? 0 : info.threads - 1, assets.worker());
  try {
    const request = { ...files, threads: threaded ? info.threads : 1, threaded, bandRows, profile };
    const { compile } = await client.start(request, signal, report);
    return { client, info, compile };
  } catch (error) {
    client.dispose();
    throw error;
  }
}

/** Devices that refuse shared memory or more workers may still run on one thread. */
function isAboutThreads(error: unknown): error is BrushworkError {
  return error instanceof BrushworkError && (error.code === 'internal' || error.code === 'out-of-memory');
}

async function readModel(
  onnx: unknown, signal: AbortSignal | undefined, report: StageProgress,
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof onnx === 'string' || onnx instanceof URL) {
    const base = typeof document === 'object' ? document.baseURI : globalThis.location?.href;
    let url: string;
    try {
      url = new URL(onnx, base).href;
    } catch {
      throw invalidArgument('onnx', onnx, 'a URL, or the bytes of an ONNX file');
    }
    return download(url, { signal, onProgress: report });
  }
  if (onnx instanceof Blob) return readBlob(onnx, 'onnx');
  if (onnx instanceof ArrayBuffer) return new Uint8Array(onnx.slice(0));
  if (onnx instanceof Uint8Array) return new Uint8Array(onnx);
  throw new BrushworkError('invalid-argument', `onnx: got ${describe(onnx)}, needed a Blob, ArrayBuffer, Uint8Array or URL of an ONNX file`);
}
