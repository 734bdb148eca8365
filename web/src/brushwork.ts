import { Assets } from './assets.js';
import { download, verifySha256 } from './download.js';
import { EngineClient } from './engine/client.js';
import { BrushworkError, abortError, describe, invalidArgument, throwIfAborted } from './errors.js';
import { VARIANTS, chooseBackend, detectFeatures, type BackendChoice } from './features.js';
import { readBlob, readImage } from './images.js';
import { type EngineSettings, checkCallOptions, checkCreateOptions, checkModelOptions, checkStylizeOptions } from './options.js';
import { EnginePainting } from './painting.js';
import { ProgressReporter, type StageProgress } from './progress.js';
import type {
  BackendInfo, Call, CreateOptions, ImageInput, ModelOptions, Painting, Stage, Style, StyleInfo, StylizeOptions,
} from './types.js';

interface LoadedStyle {
  style: Style;
  generator: number;
  /** Milliseconds; counted for the painting that waited for them. */
  download: number;
}

/** An engine: paints pictures, one at a time, in the order in which they come. */
export class Brushwork implements Disposable {
  readonly backend: BackendInfo;
  readonly #client: EngineClient;
  readonly #assets: Assets;
  /** Generators of the styles that this engine has made. */
  readonly #generators = new WeakMap<Style, number>();
  /** Built-in styles, fetched or being fetched. */
  readonly #builtIn = new Map<string, Promise<LoadedStyle>>();
  #compile: number;
  #models = 0;

  private constructor(client: EngineClient, assets: Assets, backend: BackendInfo, compile: number) {
    this.#client = client;
    this.#assets = assets;
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

  /** A built-in style by id. Its model is fetched once. */
  async style(id: string, call: Call = {}): Promise<Style> {
    checkCallOptions('style', call);
    const progress = new ProgressReporter(call.onProgress, { download: [0, 0.9] });
    try {
      const { style } = await this.#loadBuiltIn(id, call.signal, progress.report);
      progress.finish();
      return style;
    } finally {
      progress.stop();
    }
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
    const progress = new ProgressReporter(options.onProgress, { download: [0, 0.9] });
    try {
      const bytes = await readModel(onnx, signal, progress.report);
      const number = await this.#client.load(bytes, generator, signal);
      progress.finish();
      return this.#register(`model-${++this.#models}`, title, number);
    } finally {
      progress.stop();
    }
  }

  /** Paints a picture. Calls are served in turn; the picture is read at once, so it may change afterwards. */
  async stylize(image: ImageInput, options: StylizeOptions): Promise<Painting> {
    this.#client.checkAlive();
    const settings = checkStylizeOptions(options);
    const { signal } = options;
    throwIfAborted(signal);
    const timings: Record<Stage, number> = { download: 0, compile: this.#compile, decode: 0, measure: 0, paint: 0, encode: 0 };
    const progress = new ProgressReporter(options.onProgress, { download: [0, 0.1], decode: [0.1, 0.12], measure: [0.12, 1], paint: [0.12, 1] });
    try {
      const [raw, generator] = await Promise.all([
        readImage(image),
        this.#generatorOf(options.style, signal, progress.report, (ms) => (timings.download = ms)),
      ]);
      const painted = await this.#client.paint({ image: raw, generator, ...settings }, signal, progress.report);
      this.#compile = 0;
      progress.finish();
      return new EnginePainting(this.#client, painted, { ...timings, ...painted.timings });
    } finally {
      progress.stop();
    }
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

  async #generatorOf(
    style: unknown, signal: AbortSignal | undefined, report: StageProgress, onDownload: (ms: number) => void,
  ): Promise<number> {
    if (typeof style === 'string') {
      const loaded = await this.#loadBuiltIn(style, signal, report);
      onDownload(loaded.download);
      loaded.download = 0;
      return loaded.generator;
    }
    const generator = typeof style === 'object' && style !== null ? this.#generators.get(style as Style) : undefined;
    if (generator === undefined) throw invalidArgument('style', style, 'the id of a built-in style, or a style made by this engine');
    return generator;
  }

  /**
   * Fetched once for all who ask. An abortion is the asker's alone: the download goes on for the others, and for later. A failed one
   * is tried again by the next who asks.
   */
  async #loadBuiltIn(id: string, signal: AbortSignal | undefined, report: StageProgress): Promise<LoadedStyle> {
    this.#client.checkAlive();
    if (typeof id !== 'string') throw invalidArgument('style', id, 'the id of a built-in style');
    throwIfAborted(signal);
    let loading = this.#builtIn.get(id);
    if (!loading) {
      loading = this.#fetchBuiltIn(id, report);
      this.#builtIn.set(id, loading);
      loading.catch(() => this.#builtIn.delete(id));
    }
    return untilAborted(loading, signal);
  }

  async #fetchBuiltIn(id: string, report: StageProgress): Promise<LoadedStyle> {
    const { style, url, options } = this.#assets.style(id);
    const began = performance.now();
    const bytes = await download(url, { onProgress: report, expected: style.bytes });
    await verifySha256(bytes, style.sha256, url);
    const took = performance.now() - began;
    const generator = await this.#client.load(bytes, options, undefined);
    return { style: this.#register(id, style.title, generator), generator, download: took };
  }

  #register(id: string, title: string, generator: number): Style {
    const style = Object.freeze({ id, title });
    this.#generators.set(style, generator);
    return style;
  }
}

async function startEngine(
  { name, host, info }: BackendChoice, assets: Assets, { bandRows, profile }: EngineSettings, signal: AbortSignal | undefined,
  report: StageProgress,
): Promise<{ client: EngineClient; info: BackendInfo; compile: number }> {
  const files = assets.engine(name);
  const { threaded } = VARIANTS[name];
  const client = await EngineClient.open(host, threaded ? 0 : info.threads - 1);
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

/** The promise, or an abortion if that comes first. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
