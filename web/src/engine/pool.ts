/** The page's side of the helpers: workers that are there while the engine has something to do. */
import * as Comlink from 'comlink';
import { WorkerFailure } from './failures.js';
import { watchLifeline } from './lifeline.js';
import { unlessStalled } from '../stall.js';
import type { WorkerApi } from './protocol.js';

/** Workers without work end after so long. */
export const IDLE_MS = 30_000;
/** How often workers that were lost are replaced. A device that cannot afford them would lose them again and again. */
const MAX_RENEWALS = 3;

/** A part of Trusted Types that not every browser has. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** For pages whose policy says `require-trusted-types-for 'script'`: theirs has to allow `trusted-types brushwork`. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  try {
    // Once: pages may forbid a second policy of a name.
    policy ??= trustedTypes?.createPolicy('brushwork', { createScriptURL: (script) => script });
  } catch {
    // Not allowed here. Unless trusted types are required, too, the URL itself will do.
  }
  return policy?.createScriptURL(url) ?? url;
}

/** The package's worker: the script at `url`, or else the one in the package. */
export function openWorker(url = new URL('./assets/brushwork-worker.js', import.meta.url).href): Worker {
  try {
    return new Worker(trusted(url), { type: 'module', name: 'brushwork' });
  } catch (error) {
    throw WorkerFailure.of(error);
  }
}

/**
 * Calls back if the worker ends by itself, or is ended by the browser, where there is a way to notice. Resolves once its script has been loaded;
 * rejects if that takes too long.
 */
export async function watchWorker(api: Comlink.Remote<WorkerApi>, onEnd: () => void): Promise<void> {
  const lifeline = await unlessStalled(api.takeLifeline());
  if (lifeline !== undefined) watchLifeline(lifeline, onEnd);
}

/**
 * Comlink keeps a worker until its proxy is collected, which never happens where the worker's own handlers lead back to the proxy: so it is told.
 */
export function endWorker(worker: Worker, api: Comlink.Remote<WorkerApi>): void {
  api[Comlink.releaseProxy]();
  worker.terminate();
}

export class HelperPool {
  private workers: Worker[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private known = 0;
  private renewals = 0;
  private closed = false;

  /** `connect` hands the host its ends of the helpers' channels: all there are from now on. `worker`: as for openWorker. */
  constructor(
    private readonly size: number,
    private readonly connect: (ports: MessagePort[]) => void,
    private readonly worker?: string,
  ) {}

  /** Sees to it that there are helpers. `lost`: how many the host has lost so far. */
  wake(lost: number): void {
    clearTimeout(this.timer);
    if (this.closed) return;
    if (lost > this.known && this.renewals < MAX_RENEWALS) {
      this.renewals += 1;
      this.end();
    }
    this.known = lost;
    if (this.workers.length === 0 && this.size > 0) this.open();
  }

  /** Nothing to do: the helpers end in a while. */
  rest(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), IDLE_MS);
  }

  /** Ends the helpers; there will be no others. */
  close(): void {
    this.closed = true;
    this.end();
  }

  private end(): void {
    clearTimeout(this.timer);
    if (this.workers.length === 0) return;
    for (const worker of this.workers.splice(0)) worker.terminate();
    this.connect([]);
  }

  private open(): void {
    const ports: MessagePort[] = [];
    for (let i = 0; i < this.size; ++i) {
      const { port1, port2 } = new MessageChannel();
      try {
        const worker = openWorker(this.worker);
        // The host notices by itself, and paints without.
        worker.onerror = (event) => event.preventDefault();
        void Comlink.wrap<WorkerApi>(worker).help(Comlink.transfer(port1, [port1]));
        this.workers.push(worker);
        ports.push(port2);
      } catch {
        break; // Fewer, then.
      }
    }
    this.connect(ports);
  }
}
