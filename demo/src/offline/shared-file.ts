/** Files that come from outside of the page once it is installed: shared by another app, or opened with it. */
import { SHARED, SHARED_FILE, SHARED_NAME, sharedCacheName } from './messages.js';

interface LaunchParams {
  readonly files: readonly FileSystemFileHandle[];
}

interface LaunchQueue {
  setConsumer(consumer: (params: LaunchParams) => void): void;
}

/** Gives every such file to `onFile`, the one that the page was opened for first. */
export function receiveFiles(onFile: (file: File) => void): void {
  void takeSharedFile().then((file) => file && onFile(file));
  const { launchQueue } = globalThis as { launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ files }) => {
    const [first] = files;
    if (first) void first.getFile().then(onFile);
  });
}

/** The file that was shared, once: a reload does not open it again. */
export async function takeSharedFile(): Promise<File | undefined> {
  const page = new URL(location.href);
  if (!page.searchParams.has(SHARED)) return undefined;
  page.searchParams.delete(SHARED);
  history.replaceState(history.state, '', page);
  try {
    const scope = new URL('./', document.baseURI).href;
    const cache = await caches.open(sharedCacheName(scope));
    const key = new URL(SHARED_FILE, scope);
    const kept = await cache.match(key);
    await cache.delete(key);
    if (!kept) return undefined;
    const type = kept.headers.get('content-type') ?? '';
    return new File([await kept.arrayBuffer()], decodeURIComponent(kept.headers.get(SHARED_NAME) ?? ''), { type });
  } catch {
    return undefined; // no Cache Storage, so no share either
  }
}
