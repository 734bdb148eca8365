/** Files that other apps share with the installed page: kept for a moment, until the page opens and takes them. */
import { SHARED, SHARED_FIELD, SHARED_FILE, SHARED_NAME, sharedCacheName } from '../messages.js';
import { scope } from './scope.js';

export function isShare({ method, url }: Request): boolean {
  return method === 'POST' && new URL(url).pathname === new URL(SHARED, scope).pathname;
}

/** The answer sends the browser to the page. */
export async function takeShare(request: Request): Promise<Response> {
  const page = new URL(`?${SHARED}`, scope);
  try {
    const file = (await request.formData()).get(SHARED_FIELD);
    if (file instanceof File) await keep(file);
  } catch {
    // Not a form that we know, or no room: the page opens without it.
  }
  return Response.redirect(page.href, 303);
}

async function keep(file: File): Promise<void> {
  const headers = { 'content-type': file.type, [SHARED_NAME]: encodeURIComponent(file.name) };
  const cache = await caches.open(sharedCacheName(scope));
  await cache.put(new URL(SHARED_FILE, scope), new Response(file, { headers }));
}
