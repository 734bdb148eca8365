/** Where a long video is written to: the browser's own disk space, so that it need not fit in memory. */
import type { StreamTargetChunk, Target } from 'mediabunny';
import type { Media } from './formats.js';
import { VideoError } from './problems.js';

/** Bytes of video that are kept in memory where there is no disk space. */
const MOST_IN_MEMORY = 1_000_000_000;
const PREFIX = 'painted-';
const FORGOTTEN = 24 * 3600 * 1000; // milliseconds

export interface ScratchFile {
  target: Target;
  /** What was written, once the output is finalized. Valid until `remove`. */
  blob(type: string): Promise<Blob>;
  remove(): Promise<void>;
}

/** `expected` bytes are about to be written. */
export async function openScratchFile(media: Media, expected: number): Promise<ScratchFile> {
  const onDisk = await openOnDisk(media, expected).catch((error: unknown) => {
    if (error instanceof VideoError) throw error;
    return undefined; // Private windows, say, have no disk space: memory it is.
  });
  if (onDisk) return onDisk;
  if (expected > MOST_IN_MEMORY) throw new VideoError('too-large', `${Math.round(expected / 1e6)} MB`);
  const target = new media.BufferTarget();
  return {
    target,
    blob: (type) => Promise.resolve(new Blob([target.buffer as ArrayBuffer], { type })),
    remove: () => Promise.resolve(),
  };
}

async function openOnDisk(media: Media, expected: number): Promise<ScratchFile> {
  const folder = await navigator.storage.getDirectory();
  await removeForgotten(folder);
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && quota - (usage ?? 0) < expected) throw new VideoError('disk-full', `${Math.round(expected / 1e6)} MB`);
  const name = `${PREFIX}${crypto.randomUUID()}`;
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  const target = new media.StreamTarget(writable as WritableStream<StreamTargetChunk>, { chunked: true, chunkSize: 4 << 20 });
  return {
    target,
    async blob(type) {
      const file = await handle.getFile();
      return file.slice(0, file.size, type);
    },
    async remove() {
      await writable.abort().catch(() => undefined); // It may have been closed long ago.
      await folder.removeEntry(name).catch(() => undefined);
    },
  };
}

/** Pages that were closed in the middle left their files. */
async function removeForgotten(folder: FileSystemDirectoryHandle): Promise<void> {
  for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
    if (!name.startsWith(PREFIX) || handle.kind !== 'file') continue;
    const { lastModified } = await (handle as FileSystemFileHandle).getFile();
    if (Date.now() - lastModified > FORGOTTEN) await folder.removeEntry(name).catch(() => undefined);
  }
}
