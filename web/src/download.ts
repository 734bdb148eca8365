/** Bytes from URLs: progress, abortion, and errors that say which URL and what went wrong. */
import { dropCached, findCached, keepCached } from './cache.js';
import { BrushworkError, abortError, messageOf } from './errors.js';
import { type StageProgress, sumProgress } from './progress.js';

/** A file that was published: where, and what is in it. */
export interface RemoteFile {
  url: string;
  sha256: string;
  bytes: number;
}

/** The bytes behind a file: URL in Node, undefined for every other URL. */
export async function readNodeFile(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!url.startsWith('file:')) return undefined;
  const name = 'node:fs/promises'; // a variable, so that bundlers for browsers do not look for it
  try {
    const fs = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
    };
    return await fs.readFile(new URL(url));
  } catch (error) {
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * A successful response, its body not yet read. `sha256`: of the file that it should be. Where there is no SubtleCrypto to verify it afterwards
 * (plain HTTP), the browser does so while it fetches, and tells nobody what it got instead.
 */
export async function openUrl(url: string, { signal, sha256 }: { signal?: AbortSignal | undefined; sha256?: string | undefined } = {}): Promise<Response> {
  const integrity = sha256 === undefined || globalThis.crypto?.subtle ? undefined : integrityOf(sha256);
  let response: Response;
  try {
    response = await fetch(url, { ...(signal && { signal }), ...(integrity && { integrity }) });
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    const needed = integrity ? `; needed the file with sha256 ${sha256}` : '';
    throw new BrushworkError('network', `${url}: ${messageOf(error)}${needed}`, { cause: error });
  }
  if (!response.ok) throw new BrushworkError('network', `${url}: HTTP status ${response.status} ${response.statusText}`.trimEnd());
  return response;
}

interface DownloadOptions {
  signal?: AbortSignal | undefined;
  onProgress?: StageProgress | undefined;
  /** Bytes, for the progress, where the server does not say. */
  expected?: number | undefined;
  /** As for `openUrl`: the caller verifies the bytes where he can. */
  sha256?: string | undefined;
}

/** All bytes behind a URL. */
export async function download(url: string, options: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const file = await readNodeFile(url);
  if (file) return file;
  const { signal, onProgress, sha256 } = options;
  const response = await openUrl(url, { signal, sha256 });
  const declared = response.headers.has('content-encoding') ? NaN : Number(response.headers.get('content-length') ?? NaN);
  const total = options.expected ?? (Number.isFinite(declared) ? declared : 0);
  try {
    if (!response.body) return new Uint8Array(await response.arrayBuffer());
    return await collect(response.body, (done) => onProgress?.('download', done, Math.max(total, done)));
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

async function collect(body: ReadableStream<Uint8Array>, onBytes: (done: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    onBytes(length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** All of these files at the same time, each as it was published; from Cache Storage, with `cache`, if they are there. */
export async function downloadFiles(
  files: readonly RemoteFile[], cache: boolean, report: StageProgress,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const reports = sumProgress(report, files.map(({ bytes }) => bytes));
  return Promise.all(files.map((file, i) => downloadFile(file, cache, reports[i] ?? report)));
}

async function downloadFile({ url, sha256, bytes }: RemoteFile, cache: boolean, report: StageProgress): Promise<Uint8Array<ArrayBuffer>> {
  const kept = cache ? await fromCache(sha256) : undefined;
  if (kept) {
    report('download', kept.length, kept.length);
    return kept;
  }
  const content = await download(url, { onProgress: report, expected: bytes, sha256 });
  await verifySha256(content, sha256, url);
  if (cache) void keepCached(sha256, content, 'application/octet-stream');
  return content;
}

async function fromCache(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await findCached(sha256);
  if (!response) return undefined;
  const content = await response.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  if (content && (await sha256Of(content)) === sha256) return content;
  await dropCached(sha256);
  return undefined;
}

/** In hexadecimal; undefined where there is no SubtleCrypto (plain HTTP). */
export async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  const digest = await globalThis.crypto?.subtle?.digest('SHA-256', bytes);
  return digest && Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** As `fetch` wants it, from hexadecimal. */
function integrityOf(sha256: string): string {
  const bytes = (sha256.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}

/** Rejects with 'network' if the bytes are not those that were published. Without SubtleCrypto the browser has seen to that: `openUrl`. */
export async function verifySha256(bytes: Uint8Array<ArrayBuffer>, expected: string, url: string): Promise<void> {
  const got = await sha256Of(bytes);
  if (got === undefined || got === expected) return;
  throw new BrushworkError('network', `${url}: got ${bytes.length} bytes with sha256 ${got}, needed ${expected}`);
}
