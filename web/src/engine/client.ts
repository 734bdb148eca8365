/** The page's side of the engine: one interface over a worker or the calling thread, with abortion and disposal. */
import * as Comlink from 'comlink';
import { BrushworkError, abortError, throwIfAborted, toBrushworkError } from '../errors.js';
import type { StageProgress } from '../progress.js';
import { WorkerFailure } from './failures.js';
import { HelperPool, openWorker } from './pool.js';
import type {
  EncodeRequest, EngineApi, EngineNumbers, ExportedGraph, GeneratorOptions, LoadedModel, OnRows, PaintRequest, PaintTile, ProgramFiles, RawImage,
  RawPainting, Reply, StartRequest,
} from './protocol.js';
import { type OpenThreads, ThreadPool } from './threads.js';

interface Host {
  api: EngineApi | Comlink.Remote<EngineApi>;
  /** Marks what must be handed over by reference. */
  callback<T extends object>(callback: T): T;
  transfer<T extends object>(value: T, buffers: Transferable[]): T;
  close(): void;
}

export class EngineClient {
  private nextCall = 1;
  private disposed = false;
  private latest: EngineNumbers = { current: 0, peak: 0, objects: 0, lost: 0 };
  /** Rejects each call in flight. */
  private readonly inFlight = new Set<(error: BrushworkError) => void>();

  private constructor(
    private readonly host: Host,
    private readonly threads: ThreadPool,
    private readonly pool?: HelperPool,
  ) {}

  /** `helpers`: how many further workers paint along, if the host is a worker itself. `script`: the workers', as for openWorker. */
  static async open(where: 'worker' | 'inline', helpers: number, script?: string): Promise<EngineClient> {
    if (where === 'inline') {
      const { EngineHost } = await import('./host.js');
      const api = new EngineHost();
      const threads = new ThreadPool(script, (message) => client.failThread(message));
      const close = (): void => {
        threads.end();
        api.close();
      };
      const client = new EngineClient({ api, callback: (callback) => callback, transfer: (value) => value, close }, threads);
      return client;
    }
    const worker = openWorker(script);
    const api = Comlink.wrap<EngineApi>(worker);
    const threads = new ThreadPool(script, (message) => client.failThread(message));
    const pool = new HelperPool(helpers, (ports) => void api.connect(Comlink.transfer(ports, ports)), script);
    const host = {
      api,
      callback: <T extends object>(callback: T) => Comlink.proxy(callback),
      transfer: <T extends object>(value: T, buffers: Transferable[]) => Comlink.transfer(value, buffers),
      close: () => {
        pool.end();
        threads.end();
        worker.terminate();
      },
    };
    const client = new EngineClient(host, threads, pool);
    // Fires if the worker's script cannot be loaded or throws outside of a call.
    worker.onerror = (event) => {
      event.preventDefault();
      client.rejectAll(workerError(event.message, script));
    };
    return client;
  }

  get numbers(): EngineNumbers {
    return this.latest;
  }

  start(request: StartRequest, signal: AbortSignal | undefined, report: StageProgress): Promise<{ compile: number }> {
    const openThreads: OpenThreads = (count, glue) => {
      const ports = this.threads.open(count, glue);
      return this.host.transfer(ports, ports);
    };
    return this.call(signal, (call) => this.host.api.start(call, request, this.host.callback(report), this.host.callback(openThreads)));
  }

  /** Takes the bytes: they are the engine's from now on. */
  load(onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions, signal: AbortSignal | undefined): Promise<LoadedModel> {
    return this.call(signal, (call) => this.woken().load(call, this.host.transfer(onnx, [onnx.buffer]), options));
  }

  /** Takes the bytes, too. */
  loadEncoder(onnx: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.call(undefined, (call) => this.host.api.loadEncoder(call, this.host.transfer(onnx, [onnx.buffer])));
  }

  extractStyle(
    encoder: number, image: RawImage, signal: AbortSignal | undefined, report: StageProgress,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const sent = this.host.transfer(image, buffersOf(image));
    return this.call(signal, (call) => this.host.api.extractStyle(call, encoder, sent, this.host.callback(report)));
  }

  /** `paintTile`: the GPU, which is to paint. `onRows`: who watches. */
  paint(
    request: PaintRequest, signal: AbortSignal | undefined, report: StageProgress, paintTile?: PaintTile, onRows?: OnRows,
  ): Promise<RawPainting> {
    const { callback } = this.host;
    const sent = this.host.transfer(request, [...buffersOf(request.image), ...(request.mask ? buffersOf(request.mask) : [])]);
    const callbacks = [callback(report), paintTile && callback(paintTile), onRows && callback(onRows)] as const;
    return this.call(signal, (call) => this.woken().paint(call, sent, ...callbacks));
  }

  exportGraph(generator: number, program: ProgramFiles): Promise<ExportedGraph> {
    return this.call(undefined, (call) => this.host.api.exportGraph(call, generator, program));
  }

  /** A video has ended; nobody has to wait for it. */
  endStream(stream: number): void {
    this.call(undefined, (call) => this.host.api.endStream(call, stream)).catch(() => undefined); // what is kept goes with the engine
  }

  encode(request: EncodeRequest): Promise<Uint8Array<ArrayBuffer>> {
    return this.call(undefined, (call) => this.host.api.encode(call, request));
  }

  profile(): Promise<string> {
    return this.call(undefined, (call) => this.host.api.profile(call));
  }

  /** Rejects with 'disposed' if so. */
  checkAlive(): void {
    if (this.disposed) throw new BrushworkError('disposed', 'the engine was disposed of');
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.rejectAll(new BrushworkError('disposed', 'the engine was disposed of during the call'));
    this.host.close();
  }

  /** Sends a call and waits for its reply, the signal or the end of the engine, whichever is first. */
  private call<T>(signal: AbortSignal | undefined, send: (call: number) => Promise<Reply<T>>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.checkAlive();
      throwIfAborted(signal);
      const call = this.nextCall++;
      const settle = (): void => {
        this.inFlight.delete(fail);
        if (this.inFlight.size === 0 && !this.disposed) this.pool?.rest();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: BrushworkError): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => {
        void this.host.api.cancel(call);
        fail(abortError(signal));
      };
      this.inFlight.add(fail);
      signal?.addEventListener('abort', onAbort);
      send(call).then(
        ({ outcome, numbers }) => {
          this.latest = numbers;
          if ('code' in outcome) return fail(new BrushworkError(outcome.code, outcome.message));
          settle();
          resolve(outcome.value);
        },
        (error: unknown) => fail(toBrushworkError(error)),
      );
    });
  }

  /** The host, with its helpers at hand. */
  private woken(): Host['api'] {
    this.pool?.wake(this.latest.lost);
    return this.host.api;
  }

  /** Without it the engine would wait for ever. */
  private failThread(message: string): void {
    this.rejectAll(new BrushworkError('internal', `a thread failed: ${message}`));
  }

  private rejectAll(error: BrushworkError): void {
    for (const reject of [...this.inFlight]) reject(error);
  }
}

/** `message` is empty if the script did not load. */
function workerError(message: string, script: string | undefined): BrushworkError {
  if (message) return new BrushworkError('internal', `the engine's worker failed: ${message}`);
  return new WorkerFailure(`${script ?? 'its script'} did not load`);
}

/** What goes to the engine without a copy. */
function buffersOf({ bytes, owned }: RawImage): Transferable[] {
  return owned && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
