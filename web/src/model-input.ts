/** A user's ONNX file, however it is given. */
import { download } from './download.js';
import { BrushworkError, describe, invalidArgument } from './errors.js';
import { readBlob } from './images.js';
import { pageUrl } from './options.js';
import type { StageProgress } from './progress.js';

/** A copy of its bytes. */
export async function readModel(onnx: unknown, signal: AbortSignal | undefined, report: StageProgress): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof onnx === 'string' || onnx instanceof URL) return download(modelUrl(onnx), { signal, onProgress: report });
  if (onnx instanceof Blob) return readBlob(onnx, 'onnx');
  if (onnx instanceof ArrayBuffer) return new Uint8Array(onnx.slice(0));
  if (onnx instanceof Uint8Array) return new Uint8Array(onnx);
  throw new BrushworkError('invalid-argument', `onnx: got ${describe(onnx)}, needed a Blob, ArrayBuffer, Uint8Array or URL of an ONNX file`);
}

function modelUrl(onnx: string | URL): string {
  try {
    return new URL(onnx, pageUrl()).href;
  } catch {
    throw invalidArgument('onnx', onnx, 'a URL, or the bytes of an ONNX file');
  }
}
