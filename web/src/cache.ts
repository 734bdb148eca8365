/**
 * Downloads in Cache Storage, by content: a file is found by the sha256 that this build of the package knows, whatever its URL, so
 * what is kept is never out of date. Everything here may fail (no secure context, storage full or switched off): then files come from
 * the network, as without a cache.
 */

const NAME = 'brushwork';
/** When it was kept, in milliseconds since 1970. */
const KEPT = 'x-brushwork-kept';
/** What this build does not know may be another page's of the same site, with another version: it stays for so long. */
const STRANGERS_MS = 30 * 24 * 3600 * 1000;

/** A name that Cache Storage takes for a URL; nothing is ever fetched from it. */
const keyOf = (sha256: string): string => `https://brushwork.invalid/${sha256}`;

function storage(): CacheStorage | undefined {
  return (globalThis as { caches?: CacheStorage }).caches;
}

/** The file, or undefined. */
export async function findCached(sha256: string): Promise<Response | undefined> {
  try {
    return await (await storage()?.open(NAME))?.match(keyOf(sha256));
  } catch {
    return undefined;
  }
}

/** Keeps a file whose sha256 has been verified; only secure contexts have storage, and they have SubtleCrypto too. `type`: its media type. */
export async function keepCached(sha256: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
  // Copies the bytes now: they may be handed to another thread before there is a cache to put them in.
  const headers = { 'content-type': type, 'content-length': String(bytes.length), [KEPT]: String(Date.now()) };
  const response = new Response(bytes, { headers });
  try {
    await (await storage()?.open(NAME))?.put(keyOf(sha256), response);
  } catch {
    // Full, or refused: the next visit downloads it again.
  }
}

/** Forgets a file that is not what it should be. */
export async function dropCached(sha256: string): Promise<void> {
  try {
    await (await storage()?.open(NAME))?.delete(keyOf(sha256));
  } catch {
    // Whoever finds it next will verify it again.
  }
}

/** Forgets old files that this build does not know. */
export async function forgetStrangers(known: ReadonlySet<string>): Promise<void> {
  try {
    const cache = await storage()?.open(NAME);
    for (const key of (await cache?.keys()) ?? []) {
      if (known.has(key.url.slice(keyOf('').length))) continue;
      const kept = Number((await cache?.match(key))?.headers.get(KEPT) ?? 0);
      if (Date.now() - kept > STRANGERS_MS) await cache?.delete(key);
    }
  } catch {
    // They stay.
  }
}
