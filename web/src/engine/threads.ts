/**
 * The threads of a module are workers that the page starts, since workers that start workers are what bundlers and browsers get wrong.
 * Emscripten's glue believes to talk to workers of its own; each side of that talk goes through a port.
 */
import * as Comlink from 'comlink';
import { BrushworkError, messageOf } from '../errors.js';
import { endWorker, openWorker, watchWorker } from './pool.js';
import type { WorkerApi } from './protocol.js';

/** Starts threads that run this glue, in place of those before; their ends of the channels. */
export type OpenThreads = (count: number, glue: string) => MessagePort[] | Promise<MessagePort[]>;

/** The page's side. */
export class ThreadPool {
  private readonly workers = new Map<Worker, Comlink.Remote<WorkerApi>>();
  private closed = false;

  /** `script`: as for openWorker. `onFailure` is told if a thread cannot run. */
  constructor(
    private readonly script: string | undefined,
    private readonly onFailure: (message: string) => void,
  ) {}

  readonly open = (count: number, glue: string): MessagePort[] => {
    // What a module asked for just before its engine ended comes after that.
    if (this.closed) throw new BrushworkError('disposed', 'the engine was disposed of');
    this.end();
    return Array.from({ length: count }, () => {
      const { port1, port2 } = new MessageChannel();
      const worker = openWorker(this.script);
      const api = Comlink.wrap<WorkerApi>(worker);
      this.workers.set(worker, api);
      const fail = (message: string): void => {
        if (this.workers.has(worker)) this.onFailure(message);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message || 'its script did not load');
      };
      // Before it is a thread: from then on its messages go to the module.
      watchWorker(api, () => fail('its worker ended'))
        .then(() => api.runThread(Comlink.transfer(port1, [port1]), glue))
        .catch((error: unknown) => fail(messageOf(error)));
      return port2;
    });
  };

  /** Ends the threads; there will be no others. */
  close(): void {
    this.closed = true;
    this.end();
  }

  private end(): void {
    for (const [worker, api] of this.workers) endWorker(worker, api);
    this.workers.clear();
  }
}

/** The module's side: what Emscripten takes for a Worker. */
export class ThreadWorker {
  onerror: ((event: unknown) => void) | undefined;

  constructor(private readonly port: MessagePort) {}

  set onmessage(listener: (event: MessageEvent) => void) {
    this.port.onmessage = listener;
  }

  postMessage(message: unknown, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }

  /** The worker itself ends with the page's pool. */
  terminate(): void {
    this.port.close();
  }
}

interface ThreadScope {
  name: string;
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

/** The thread's side: makes this worker one of Emscripten's, whose parent is at the other end of the port. */
export async function runThread(port: MessagePort, glue: string): Promise<void> {
  const scope = globalThis as unknown as ThreadScope;
  scope.name = 'em-pthread'; // by which the glue knows that it is in a thread
  scope.postMessage = (message, transfer = []) => port.postMessage(message, transfer);
  await import(/* @vite-ignore */ /* webpackIgnore: true */ glue);
  // The glue's handler changes while it starts. Nothing is lost until here: the port begins with its handler.
  port.onmessage = (event) => scope.onmessage?.(event);
}
