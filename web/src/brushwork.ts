/// <reference lib="esnext.disposable" preserve="true" />
import { Assets } from './assets.js';
import { Backend, seekAdapter } from './backend.js';
import type { EngineClient } from './engine/client.js';
import type { Carry, FreshRows, PaintSettings, RawImage, RawPainting } from './engine/protocol.js';
import { untilAborted } from './engine/turns.js';
import { BrushworkError, disposedDuringCall, throwIfAborted, toBrushworkError } from './errors.js';
import type { GpuSurroundings } from './gpu/open.js';
import { readImage } from './images.js';
import { type Generator, Library, type PreparedStyle } from './library.js';
import { readModel } from './model-input.js';
import { checkCallOptions, checkCreateOptions, checkModelOptions, checkStylizeOptions, checkVideoOptions } from './options.js';
import { EnginePainting } from './painting.js';
import { ProgressReporter, type Shares, type StageProgress } from './progress.js';
import { type Started, startEngine } from './start.js';
import { Styles } from './styles.js';
import type {
  BackendInfo, Call, CreateOptions, ImageInput, ModelOptions, PaintedRows, Painting, Stage, Style, StyleInfo, StylizeOptions, VideoOptions,
} from './types.js';
import { type PaintFrame, videoStream } from './video.js';

const quiet: StageProgress = () => undefined;

/** What a picture is painted with, beside the picture. */
interface Paint {
  style: PreparedStyle;
  settings: PaintSettings;
  mask?: RawImage | undefined;
  carry?: Carry | undefined;
  onRows?: ((rows: FreshRows) => void) | undefined;
}

/** An engine: paints pictures, one at a time, in the order in which they come. */
export class Brushwork implements Disposable {
  readonly #client: EngineClient;
  readonly #assets: Assets;
  readonly #styles = new Styles<Generator>();
  readonly #library: Library;
  readonly #backend: Backend;
  readonly #end = new AbortController();
  #compile: number;
  #pictures = 0;
  #streams = 0;

  private constructor({ client, info, compile }: Started, assets: Assets, cache: boolean) {
    this.#client = client;
    this.#assets = assets;
    this.#library = new Library(client, assets, this.#styles, cache);
    this.#backend = new Backend(info);
    this.#compile = compile;
  }

  /** Chooses a variant, downloads, compiles and starts it; sees whether there is a GPU that is better. */
  static async create(options: CreateOptions = {}): Promise<Brushwork> {
    const request = checkCreateOptions(options);
    const { signal } = options;
    throwIfAborted(signal);
    const assets = new Assets(request.assets);
    const adapter = seekAdapter(request);
    return withProgress(options, { download: [0, 0.6], compile: [0.6, 0.95] }, async (report) => {
      const engine = new Brushwork(await startEngine(request, assets, signal, report), assets, request.cache);
      try {
        await engine.#backend.openGpu(request, adapter, engine.#surroundings(), signal);
        throwIfAborted(signal);
        return engine;
      } catch (error) {
        engine.dispose();
        throw error;
      }
    });
  }

  /** What paints, as of now: a GPU that fails is given up. */
  get backend(): BackendInfo {
    return this.#backend.info;
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
    return this.#serve(call, { download: [0, 0.9] }, (report) => this.#library.style(id, call.signal, report));
  }

  /** A style from any picture. The first one fetches the generator and its encoder. The picture is read at once. */
  async styleFromImage(picture: ImageInput, call: Call = {}): Promise<Style> {
    this.#client.checkAlive();
    checkCallOptions('styleFromImage', call);
    const { signal } = call;
    throwIfAborted(signal);
    const id = `picture-${++this.#pictures}`;
    return this.#serve(call, { download: [0, 0.8], decode: [0.8, 0.9] }, async (report) => {
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
    return this.#serve(options, { download: [0, 0.9] }, async (report) => {
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
    const { signal, onRows } = options;
    throwIfAborted(signal);
    const shares = { download: [0, 0.1], decode: [0.1, 0.12], measure: [0.12, 1], paint: [0.12, 1] } as const;
    return this.#serve(options, shares, async (report, progress) => {
      const [raw, mask, style] = await Promise.all([
        readImage(image),
        options.mask === undefined ? undefined : readImage(options.mask, 'mask'),
        this.#library.prepare(options.style, isWeak(settings), signal, report),
      ]);
      const show = onRows && progress.guard((rows: FreshRows) => onRows(paintedRows(rows)));
      const painted = await this.#paint(raw, { style, settings, mask, onRows: show }, signal, report);
      const timings: Record<Stage, number> = { download: style.download, compile: this.#compile, encode: 0, ...painted.timings };
      this.#compile = 0;
      return new EnginePainting(this.#client, painted, timings);
    });
  }

  /**
   * Frames in, painted frames out, timestamps kept: `camera.readable.pipeThrough(engine.video({ style }))`. Closes every frame it takes;
   * the painted ones are the reader's. Statistics are carried from frame to frame, unless they are to be 'exact', and each painted frame is
   * blended with the one before, moved along with the picture, so that nothing flickers.
   */
  video(options: VideoOptions): TransformStream<VideoFrame, VideoFrame> {
    this.#client.checkAlive();
    const { paint: settings, steadiness, pacing } = checkVideoOptions(options);
    const { signal } = options;
    this.#library.checkStyle(options.style);
    const stream = this.#streams++;
    let carry: Carry = { stream, program: this.#assets.videoProgram(), previous: undefined, steadiness };
    const paint: PaintFrame = async (frame) => {
      const [image, style] = await Promise.all([
        readImage(frame, 'frame'),
        this.#library.prepare(options.style, isWeak(settings), signal, quiet),
      ]);
      const painted = await this.#paint(image, { style, settings, carry }, signal, quiet);
      carry = { ...carry, previous: painted.statistics };
      return new VideoFrame(painted.data, {
        format: 'RGBA',
        codedWidth: painted.width,
        codedHeight: painted.height,
        timestamp: frame.timestamp,
        ...(frame.duration !== null && { duration: frame.duration }),
      });
    };
    return videoStream(paint, { pacing }, signal, () => this.#client.endStream(stream));
  }

  /** Bytes of engine memory now and at most so far, as of the last reply of the engine. */
  memory(): { current: number; peak: number } {
    const { current, peak } = this.#client.numbers;
    return { current, peak };
  }

  /** Ends the engine and frees its memory. Calls in flight are rejected with 'disposed'. */
  dispose(): void {
    this.#client.dispose();
    this.#backend.dispose();
    this.#end.abort();
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

  #surroundings(): GpuSurroundings {
    const style = async (): Promise<PreparedStyle> => {
      const [first] = this.#assets.styles();
      if (!first) throw new BrushworkError('unsupported-environment', 'this build of the package has no style for a canary painting');
      return this.#library.prepare(first.id, false, undefined, quiet);
    };
    return { client: this.#client, program: this.#assets.gpuProgram(), style };
  }

  /** As long as the engine lasts, also where it is not the engine that the call waits for. */
  #serve<T>(call: Call, shares: Shares, work: Work<T>): Promise<T> {
    const { signal } = this.#end;
    const served: Work<T> = (...reports) => untilAborted(work(...reports), signal, disposedDuringCall);
    return withProgress(call, shares, served);
  }

  /** By the GPU if there is one that can. */
  async #paint(image: RawImage, paint: Paint, signal: AbortSignal | undefined, report: StageProgress): Promise<RawPainting> {
    const { style: { download: _, ...style }, settings, mask, carry, onRows } = paint;
    const gpu = await this.#backend.gpuFor(style.generator);
    const request = { image, mask, carry, tilePixels: gpu?.tilePixels, ...style, ...settings };
    const painted = await this.#client.paint(request, signal, report, gpu?.paintTile, onRows);
    if (painted.gpuFailure !== undefined) this.#backend.giveUpGpu(painted.gpuFailure);
    return painted;
  }
}

type Work<T> = (report: StageProgress, progress: ProgressReporter) => Promise<T>;

/** A call with its progress, which ends at 1 if the call succeeds. */
async function withProgress<T>({ onProgress }: Call, shares: Shares, work: Work<T>): Promise<T> {
  const progress = new ProgressReporter(onProgress, shares);
  try {
    const result = await work(progress.report, progress);
    progress.finish();
    return result;
  } catch (error) {
    throw toBrushworkError(error);
  } finally {
    progress.stop();
  }
}

function paintedRows({ top, width, height, data }: FreshRows): PaintedRows {
  return { top, height: data.length / width / 4, width, paintingHeight: height, data: new Uint8ClampedArray(data.buffer) };
}

/** What to call a style that was made of this. */
function titleOf(picture: unknown): string {
  const name = typeof File === 'function' && picture instanceof File ? picture.name.replace(/\.[^.]*$/, '') : '';
  return name || 'Picture';
}

/** Whether the photo's own style has to be known. */
function isWeak({ strength }: PaintSettings): boolean {
  return strength > 0 && strength < 1;
}
