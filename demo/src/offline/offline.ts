/** The page's copy on this device: made after the first load by the service worker, which serves it from then on. */

import type { Opened } from './messages.js';

export interface Offline {
  /** 'none': this browser or address has no service workers. 'failed': it may work at the next visit. */
  copy: 'none' | 'making' | 'ready' | 'failed';
  /** A new version has come, and is shown from the next load on. This page goes on as it is. */
  updated: boolean;
  /** Whether memory can be shared between threads: now, from the next load on, or not as far as is known. */
  isolation: 'here' | 'next-load' | 'none';
}

let state: Offline = { copy: 'making', updated: false, isolation: globalThis.crossOriginIsolated ? 'here' : 'none' };
const listeners = new Set<(state: Offline) => void>();

function change(changes: Partial<Offline>): void {
  state = { ...state, ...changes };
  for (const listener of listeners) listener(state);
}

/** Calls `listener` now and at every change. Returns what ends it. */
export function watchOffline(listener: (state: Offline) => void): () => void {
  listeners.add(listener);
  listener(state);
  return () => void listeners.delete(listener);
}

/**
 * Makes the copy, or brings it up to date, once `loaded` has settled: the page's own downloads come first. Resolves when that is done or
 * has failed. Never reloads the page, nor changes what it is made of.
 */
export async function keepOffline(loaded: Promise<unknown>): Promise<void> {
  await loaded.catch(() => undefined);
  // Vite's development server has no built files to keep.
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return change({ copy: 'none' });
  const { serviceWorker } = navigator;
  let controlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) change({ updated: true });
    controlled = true;
  });
  try {
    await settled(await serviceWorker.register(trusted(new URL('sw.js', document.baseURI).href), { updateViaCache: 'none' }));
    const opened: Opened = { type: 'opened' };
    serviceWorker.controller?.postMessage(opened);
    change({ copy: 'ready', isolation: state.isolation === 'here' ? 'here' : 'next-load' });
  } catch {
    change({ copy: serviceWorker.controller ? 'ready' : 'failed' });
  }
}

/** What the page's content security policy asks of the URL of a worker, where the browser has Trusted Types. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } };
  return trustedTypes?.createPolicy('brushwork-page', { createScriptURL: (script: string) => script }).createScriptURL(url) ?? url;
}

/** Until its newest version is in use. Rejects if there is none. */
async function settled(registration: ServiceWorkerRegistration): Promise<void> {
  const newest = registration.installing ?? registration.waiting ?? registration.active;
  if (!newest) throw new Error('no service worker');
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      if (newest.state === 'activated') resolve();
      if (newest.state === 'redundant') reject(new Error('the service worker was not installed'));
    };
    newest.addEventListener('statechange', look);
    look();
  });
}
