/** The service worker: the page from its own copy, isolated, and an account of what went to the network after all. */
import { type WentOut, isOpened } from '../messages.js';
import { fetchAndKeep, findKept, forgetEarlier, keepPage } from './copy.js';
import { isolated } from './isolation.js';
import { worker } from './scope.js';
import { isShare, takeShare } from './share.js';

/** Pages that were loaded from this version, as far as this worker was not stopped in between: then they don't count as such. */
const ofThisVersion = new Set<string>();

// A new version is used from the next load on: pages that are open have all their files in the copy.
worker.addEventListener('install', (event) => event.waitUntil(keepPage().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
  if (isOpened(event.data)) event.waitUntil(tidy());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (isShare(request)) return event.respondWith(takeShare(request));
  if (request.method !== 'GET' || new URL(request.url).origin !== worker.location.origin) {
    event.waitUntil(tellPages(request.url));
    return;
  }
  if (request.mode === 'navigate') ofThisVersion.add(event.resultingClientId);
  event.respondWith(answer(request));
});

async function answer(request: Request): Promise<Response> {
  const kept = await findKept(request.url).catch(() => undefined);
  if (kept) return isolated(kept);
  await tellPages(request.url);
  return isolated(await fetchAndKeep(request));
}

async function tellPages(url: string): Promise<void> {
  const message: WentOut = { type: 'went-out', url };
  for (const page of await worker.clients.matchAll({ type: 'window' })) page.postMessage(message);
}

/** Once no page is open but those of this version, nobody needs the files of earlier ones. */
async function tidy(): Promise<void> {
  const pages = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.every(({ id }) => ofThisVersion.has(id))) await forgetEarlier();
}
