/** Bytes from URLs: progress, abortion, and errors that say which URL and what went wrong. */
import { dropCached, findCached, keepCached } from './cache.js';
import { BrushworkError, abortError, messageOf } from './errors.js';
import { type StageProgress, sumProgress } from './progress.js';
import { unlessStalled } from './stall.js';

/** A file that was published: where, and what is in it. */
export interface RemoteFile {
  url: string;
  sha256: string;
  bytes: number;
}

/** Of what was thrown while a URL was read. */
export function networkError(url: string, error: unknown, needed = ''): BrushworkError {
  return new BrushworkError('network', `${url}: ${messageOf(error)}${needed}`, { cause: error });
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
    throw networkError(url, error);
  }
}

interface OpenOptions {
  signal?: AbortSignal | undefined;
  /**
   * Of the file that it should be. Where there is no SubtleCrypto to verify it afterwards (plain HTTP), the browser does so while it fetches, and
   * tells nobody what it got instead.
   */
  sha256?: string | undefined;
}

/** A successful response, its body not yet read. A server that falls silent is given up. */
export async function openUrl(url: string, { signal, sha256 }: OpenOptions = {}): Promise<Response> {
  const integrity = sha256 === undefined || globalThis.crypto?.subtle ? undefined : integrityOf(sha256);
  const transfer = new AbortController();
  signal?.addEventListener('abort', () => transfer.abort(signal.reason), { signal: transfer.signal });
  let response: Response;
  try {
    const answer = fetch(url, { signal: transfer.signal, ...(integrity && { integrity }) });
    // A browser that verifies answers when all of it has come.
    response = await (integrity ? answer : unlessStalled(answer, transfer));
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw networkError(url, error, integrity && `; needed the file with sha256 ${sha256}`);
  }
  if (!response.ok) throw new BrushworkError('network', `${url}: HTTP status ${response.status} ${response.statusText}`.trimEnd());
  return response.body ? new Response(watched(response.body, transfer), response) : response;
}

function watched(body: ReadableStream<Uint8Array<ArrayBuffer>>, transfer: AbortController): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  const source: UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> = {
    async pull(sink) {
      const { done, value } = await unlessStalled(reader.read(), transfer);
      if (done) sink.close();
      else sink.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/** The body's bytes. Of what goes wrong, `arrayBuffer()` would not tell what it was. */
export async function readBody({ body }: Response, onBytes: (done: number) => void = () => undefined): Promise<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 0; reader; onBytes(length)) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
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
export async function download(url: string, { signal, onProgress, expected, sha256 }: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const file = await readNodeFile(url);
  if (file) return file;
  const response = await openUrl(url, { signal, sha256 });
  const declared = response.headers.has('content-encoding') ? NaN : Number(response.headers.get('content-length') ?? NaN);
  const total = expected ?? (Number.isFinite(declared) ? declared : 0);
  try {
    return await readBody(response, (done) => onProgress?.('download', done, Math.max(total, done)));
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw networkError(url, error);
  }
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
const integrityOf = (sha256: string): string => `sha256-${btoa(sha256.replace(/../g, (byte) => String.fromCharCode(Number(`0x${byte}`))))}`;

/** Rejects with 'network' if the bytes are not those that were published. Without SubtleCrypto the browser has seen to that: `openUrl`. */
export async function verifySha256(bytes: Uint8Array<ArrayBuffer>, expected: string, url: string): Promise<void> {
  const got = await sha256Of(bytes);
  if (got === undefined || got === expected) return;
  throw new BrushworkError('network', `${url}: got ${bytes.length} bytes with sha256 ${got}, needed ${expected}`);
}
