/**
 * How many requests have left this device since the page was loaded: none, as anyone can see. The service worker reports what it did not
 * answer by itself, workers' requests included; what passes it by, or all where there is none, is in the browser's resource timing.
 */
import { isWentOut } from './messages.js';

let urls: readonly string[] = [];
let counting = false;
const listeners = new Set<(urls: readonly string[]) => void>();

/** Calls `listener` with the URLs that were asked for since the load, now and at every change. Returns what ends it. */
export function watchRequests(listener: (urls: readonly string[]) => void): () => void {
  listeners.add(listener);
  listener(urls);
  return () => void listeners.delete(listener);
}

/** The load is over: from now on every request counts. */
export function countRequests(): void {
  if (counting) return;
  counting = true;
  const began = performance.now();
  new PerformanceObserver((list) => {
    const entries = list.getEntries() as PerformanceResourceTiming[];
    add(entries.filter((entry) => entry.startTime >= began && leftDevice(entry)).map(({ name }) => name));
  }).observe({ type: 'resource', buffered: true });
  navigator.serviceWorker?.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isWentOut(data)) add([data.url]);
  });
}

/** Not those that the service worker had to do with, which it reports, and those that memory answered. */
function leftDevice({ name, workerStart, transferSize, decodedBodySize }: PerformanceResourceTiming): boolean {
  return /^https?:/.test(name) && workerStart === 0 && !(transferSize === 0 && decodedBodySize > 0);
}

function add(more: readonly string[]): void {
  if (more.length === 0) return;
  urls = [...urls, ...more];
  for (const listener of listeners) listener(urls);
}
