/** A user's ONNX file, however it is given. */
import { download } from './download.js';
import { invalidArgument, unreadable } from './errors.js';
import { readBytes } from './images.js';
import { pageUrl } from './options.js';
import type { StageProgress } from './progress.js';

/** A copy of its bytes. */
export async function readModel(onnx: unknown, signal: AbortSignal | undefined, report: StageProgress): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (typeof onnx === 'string' || onnx instanceof URL) return await download(modelUrl(onnx), { signal, onProgress: report });
    const bytes = readBytes(onnx);
    if (bytes) return await bytes;
  } catch (error) {
    throw unreadable('onnx', error);
  }
  throw invalidArgument('onnx', onnx, 'a Blob, ArrayBuffer, Uint8Array or URL of an ONNX file');
}

function modelUrl(onnx: string | URL): string {
  try {
    return new URL(onnx, pageUrl()).href;
  } catch {
    throw invalidArgument('onnx', onnx, 'a URL, or the bytes of an ONNX file');
  }
}
