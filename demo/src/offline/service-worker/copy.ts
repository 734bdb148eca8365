/**
 * The copy of the page. Files lie in one cache by their content, so versions share what did not change, and a page that is still open
 * finds the files it was made of when the next version has come.
 */
import { scope } from './scope.js';

export interface PageFile {
  /** Relative to the page's folder; the page itself is ''. */
  path: string;
  /** As in `<script integrity>`. */
  integrity: string;
}

/** Written by the build, of what it built: every file but this worker. */
declare const PAGE_FILES: readonly PageFile[];

// (func (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 2))))
const RELAXED_SIMD = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 15, 1, 13, 0, 0x41, 1, 0xfd, 15, 0x41, 2, 0xfd, 15, 0xfd,
  0x92, 2, 11,
]);

/** Programs of the engine that this browser would not choose. They are kept if they are asked for. */
const unlikely = WebAssembly.validate(RELAXED_SIMD) ? /brushwork-(simd|gpu)/ : /brushwork-(relaxed|gpu)/;

/** Files that are fetched at the same time: browsers open six connections, and the page may need some of them. */
const AT_ONCE = 3;

const cacheName = `brushwork-page ${scope}`;
const byUrl = new Map(PAGE_FILES.map((file) => [new URL(file.path, scope).href, file]));

function keyOf({ path, integrity }: PageFile): string {
  const key = new URL(path, scope);
  key.search = encodeURIComponent(integrity);
  return key.href;
}

/** The URL as it is in the list: links and shares come with queries, and some hosts name the page's file. */
function plain(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/index\.html$/, '/');
}

/** Whatever the network gives, it is this version's file or an error: a page is never made of two versions. */
async function fetchFile(file: PageFile, priority: RequestPriority = 'auto'): Promise<Response> {
  const { path, integrity } = file;
  const response = await fetch(new URL(path, scope), { integrity, cache: 'no-cache', credentials: 'same-origin', priority });
  if (!response.ok) throw new Error(`${file.path || 'the page'}: HTTP status ${response.status}`);
  return response;
}

/** Keeps what is missing of this version. */
export async function keepPage(): Promise<void> {
  const cache = await caches.open(cacheName);
  const wanted = PAGE_FILES.filter(({ path }) => !unlikely.test(path)).values();
  const keepNext = async (): Promise<void> => {
    for (const file of wanted) {
      if (!(await cache.match(keyOf(file)))) await cache.put(keyOf(file), await fetchFile(file, 'low'));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, keepNext));
}

/** This version's file, else one of an earlier version. */
export async function findKept(url: string): Promise<Response | undefined> {
  const cache = await caches.open(cacheName);
  const file = byUrl.get(plain(url));
  return file ? cache.match(keyOf(file)) : cache.match(plain(url), { ignoreSearch: true });
}

/** From the network. Keeps it if it is a file of the page. */
export async function fetchAndKeep(request: Request): Promise<Response> {
  const file = byUrl.get(plain(request.url));
  if (!file) return fetch(request);
  const response = await fetchFile(file);
  const cache = await caches.open(cacheName);
  // Storage may be full: then the file comes from the network the next time, too.
  await cache.put(keyOf(file), response.clone()).catch(() => undefined);
  return response;
}

/** Forgets the files of earlier versions. */
export async function forgetEarlier(): Promise<void> {
  const cache = await caches.open(cacheName);
  const ours = new Set(PAGE_FILES.map(keyOf));
  for (const { url } of await cache.keys()) if (!ours.has(url)) await cache.delete(url);
}
