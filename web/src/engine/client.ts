/** The page's side of the engine: one interface over a worker or the calling thread, with abortion and disposal. */
import * as Comlink from 'comlink';
import { BrushworkError, abortError, disposedDuringCall, messageOf, throwIfAborted, toBrushworkError } from '../errors.js';
import type { StageProgress } from '../progress.js';
import { WorkerFailure } from './failures.js';
import { HelperPool, endWorker, openWorker, watchWorker } from './pool.js';
import type {
  EncodeRequest, EngineApi, EngineNumbers, ExportedGraph, GeneratorOptions, LoadedModel, OnRows, PaintRequest, PaintTile, ProgramFiles, RawImage,
  RawPainting, Reply, StartRequest, WorkerApi,
} from './protocol.js';
import { type OpenThreads, ThreadPool } from './threads.js';

interface Host {
  api: EngineApi | Comlink.Remote<EngineApi>;
  threads: ThreadPool;
  pool?: HelperPool;
  /** Marks what must be handed over by reference. */
  callback<T extends object>(callback: T): T;
  transfer<T extends object>(value: T, buffers: Transferable[]): T;
  close(): void;
}

/** Sends a call. */
type Send<T> = (call: number, host: Host) => Promise<Reply<T>>;

/** How many further workers paint along, if the host is a worker itself, and the workers' script, as for openWorker. */
interface Workers {
  helpers: number;
  script: string | undefined;
}

async function openHost(where: 'worker' | 'inline', { helpers, script }: Workers, onFailure: (host: Host, error: BrushworkError) => void): Promise<Host> {
  const fail = (message: string): void => onFailure(host, new BrushworkError('internal', message));
  const threads = new ThreadPool(script, (message) => fail(`a thread failed: ${message}`));
  let host: Host;
  if (where === 'inline') {
    const { EngineHost } = await import('./host.js').catch((error: unknown) => {
      throw new BrushworkError('network', messageOf(error), { cause: error });
    });
    const api = new EngineHost();
    const close = (): void => {
      threads.close();
      api.close();
    };
    host = { api, threads, callback: (callback) => callback, transfer: (value) => value, close };
    return host;
  }
  const worker = openWorker(script);
  const api = Comlink.wrap<WorkerApi>(worker);
  const pool = new HelperPool(helpers, (ports) => void api.connect(Comlink.transfer(ports, ports)), script);
  host = {
    api, threads, pool,
    callback: <T extends object>(callback: T) => Comlink.proxy(callback),
    transfer: <T extends object>(value: T, buffers: Transferable[]) => Comlink.transfer(value, buffers),
    close: () => {
      pool.close();
      threads.close();
      endWorker(worker, api);
    },
  };
  watchWorker(api, () => fail("the engine's worker ended")).catch(() => onFailure(host, workerError('', script)));
  // Fires if the worker's script cannot be loaded or throws outside of a call.
  worker.onerror = (event) => {
    event.preventDefault();
    onFailure(host, workerError(event.message, script));
  };
  return host;
}

/** Calls go to a host. If that ends by itself, they fail, and the next one is served by another, which is told all that the last one knew. */
export class EngineClient {
  private nextCall = 1;
  private generators = 0;
  private encoders = 0;
  private disposed = false;
  private latest: EngineNumbers = { current: 0, peak: 0, objects: 0, lost: 0 };
  /** Rejects each call in flight. */
  private readonly inFlight = new Set<(error: BrushworkError) => void>();
  private host: Host | undefined;
  /** While another host is told what the last one knew. */
  private renewal: Promise<Host> | undefined;
  private readonly known: Send<unknown>[] = [];

  private constructor(private readonly where: 'worker' | 'inline', private readonly workers: Workers) {}

  static async open(where: 'worker' | 'inline', helpers: number, script?: string): Promise<EngineClient> {
    const client = new EngineClient(where, { helpers, script });
    await client.open();
    return client;
  }

  get numbers(): EngineNumbers {
    return this.latest;
  }

  start(request: StartRequest, signal: AbortSignal | undefined, report: StageProgress): Promise<{ compile: number }> {
    const send = (progress: StageProgress): Send<{ compile: number }> => (call, { api, threads, callback, transfer }) => {
      const openThreads: OpenThreads = (count, glue) => {
        const ports = threads.open(count, glue);
        return transfer(ports, ports);
      };
      return api.start(call, request, callback(progress), callback(openThreads));
    };
    return this.call(signal, send(report), send(() => undefined));
  }

  /** Takes the bytes: they are the engine's from now on. */
  load(onnx: Uint8Array<ArrayBuffer>, options: GeneratorOptions, signal: AbortSignal | undefined): Promise<LoadedModel> {
    const number = this.generators++;
    return this.sendFile(onnx, signal, (bytes) => (call, host) => this.woken(host).load(call, number, host.transfer(bytes, [bytes.buffer]), options));
  }

  /** Takes the bytes, too. */
  loadEncoder(onnx: Uint8Array<ArrayBuffer>): Promise<number> {
    const number = this.encoders++;
    return this.sendFile(onnx, undefined, (bytes) => (call, { api, transfer }) => api.loadEncoder(call, number, transfer(bytes, [bytes.buffer])));
  }

  extractStyle(
    encoder: number, image: RawImage, signal: AbortSignal | undefined, report: StageProgress,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.call(signal, (call, { api, callback, transfer }) => {
      return api.extractStyle(call, encoder, transfer(image, buffersOf(image)), callback(report));
    });
  }

  /** `paintTile`: the GPU, which is to paint. `onRows`: who watches. */
  paint(
    request: PaintRequest, signal: AbortSignal | undefined, report: StageProgress, paintTile?: PaintTile, onRows?: OnRows,
  ): Promise<RawPainting> {
    return this.call(signal, (call, host) => {
      const { callback, transfer } = host;
      const sent = transfer(request, [...buffersOf(request.image), ...(request.mask ? buffersOf(request.mask) : [])]);
      return this.woken(host).paint(call, sent, callback(report), paintTile && callback(paintTile), onRows && callback(onRows));
    });
  }

  exportGraph(generator: number, program: ProgramFiles): Promise<ExportedGraph> {
    const send: Send<ExportedGraph> = (call, { api }) => api.exportGraph(call, generator, program);
    return this.call(undefined, send, send);
  }

  /** A video has ended; nobody has to wait for it. */
  endStream(stream: number): void {
    if (!this.host) return; // what is kept goes with the engine
    this.call(undefined, (call, { api }) => api.endStream(call, stream)).catch(() => undefined);
  }

  encode(request: EncodeRequest): Promise<Uint8Array<ArrayBuffer>> {
    return this.call(undefined, (call, { api }) => api.encode(call, request));
  }

  profile(): Promise<string> {
    return this.call(undefined, (call, { api }) => api.profile(call));
  }

  /** Rejects with 'disposed' if so. */
  checkAlive(): void {
    if (this.disposed) throw new BrushworkError('disposed', 'the engine was disposed of');
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.end(disposedDuringCall());
  }

  /** Sends a file, of which a copy is kept out of the page's memory, in case that another host has to be told of it. */
  private sendFile<T>(
    bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal | undefined, send: (bytes: Uint8Array<ArrayBuffer>) => Send<T>,
  ): Promise<T> {
    const kept = new Blob([bytes]);
    return this.call(signal, send(bytes), async (call, host) => send(new Uint8Array(await kept.arrayBuffer()))(call, host));
  }

  /**
   * Sends a call and waits for its reply, the signal or the end of the engine, whichever is first. `again`: what to tell a later host, if
   * it succeeds. `to`: the host, if not the one that serves all calls.
   */
  private call<T>(signal: AbortSignal | undefined, send: Send<T>, again?: Send<unknown>, to?: Host): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.checkAlive();
      throwIfAborted(signal);
      const host = to ?? this.renewal ?? this.host ?? this.renew();
      const call = this.nextCall++;
      const settle = (): void => {
        this.inFlight.delete(fail);
        if (this.inFlight.size === 0) this.host?.pool?.rest();
        signal?.removeEventListener('abort', onAbort);
      };
      const fail = (error: BrushworkError): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => {
        void this.host?.api.cancel(call);
        fail(abortError(signal));
      };
      this.inFlight.add(fail);
      signal?.addEventListener('abort', onAbort);
      const sent = host instanceof Promise ? host.then((ready) => (throwIfAborted(signal), send(call, ready))) : send(call, host);
      sent.then(
        ({ outcome, numbers }) => {
          if ('code' in outcome) return fail(new BrushworkError(outcome.code, outcome.message));
          this.latest = { ...numbers, peak: Math.max(numbers.peak, this.latest.peak) };
          if (again) this.known.push(again);
          settle();
          resolve(outcome.value);
        },
        (error: unknown) => fail(toBrushworkError(error)),
      );
    });
  }

  private async open(): Promise<Host> {
    const host = await openHost(this.where, this.workers, (failed, error) => this.lose(failed, error));
    if (this.disposed) host.close();
    else this.host = host;
    return host;
  }

  private renew(): Promise<Host> {
    const renewing = this.open().then(async (host) => {
      try {
        for (const send of this.known) await this.call(undefined, send, undefined, host);
      } catch (error) {
        this.lose(host, toBrushworkError(error));
        throw error;
      }
      return host;
    });
    const done = (): void => {
      if (this.renewal === renewing) this.renewal = undefined;
    };
    renewing.then(done, done);
    return (this.renewal = renewing);
  }

  /** Without this, calls would wait for ever. */
  private lose(host: Host, error: BrushworkError): void {
    if (host === this.host) this.end(error);
  }

  /** The host, with its helpers at hand. */
  private woken({ api, pool }: Host): Host['api'] {
    pool?.wake(this.latest.lost);
    return api;
  }

  private end(error: BrushworkError): void {
    this.host?.close();
    this.host = this.renewal = undefined;
    this.latest = { ...this.latest, current: 0, objects: 0, lost: 0 };
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
