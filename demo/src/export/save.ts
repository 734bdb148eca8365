/** The painting as a file: on disk, in the clipboard, or handed to another program. */
import { BrushworkError, type Painting } from 'brushwork';
import { begin, change } from '../app/history.js';
import { slugOf } from '../app/looks.js';
import { settings } from '../app/state.js';
import { type Painted, idle, job, painted } from '../paint/painter.js';

export type Format = 'image/png' | 'image/jpeg' | 'image/webp';

const ENDINGS: Record<Format, string> = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' };

export interface ExportOptions {
  format: Format;
  /** 0 to 1; not for PNG. */
  quality: number;
  /** Paint as many pixels as the photo has first. */
  full: boolean;
}

/** Whether the painting has fewer pixels than its photo. */
export const isReduced = ({ painting, photo }: Painted): boolean => painting.width * painting.height < photo.width * photo.height;

/** The painting at the size asked for; undefined if that was cancelled or failed, which the page shows by itself. */
async function paintedFully(): Promise<Painted | undefined> {
  const before = settings.peek().maxPixels;
  change({ maxPixels: Infinity });
  await idle();
  if (job.peek().state === 'done') return painted.peek();
  begin({ maxPixels: before });
  return undefined;
}

/** By the browser's own encoder where the engine has no memory left for the file. */
async function encode(painting: Painting, format: Format, quality: number | undefined): Promise<Blob> {
  try {
    return await painting.toBlob(format, quality);
  } catch (error) {
    if (!(error instanceof BrushworkError) || error.code !== 'out-of-memory') throw error;
    const canvas = new OffscreenCanvas(painting.width, painting.height);
    canvas.getContext('2d')?.putImageData(painting.toImageData(), 0, 0);
    return canvas.convertToBlob({ type: format, ...(quality !== undefined && { quality }) });
  }
}

/** Rejects with what the package says; undefined if there is no painting, or painting it fully was cancelled. */
export async function exportFile({ format, quality, full }: ExportOptions): Promise<File | undefined> {
  await idle();
  let present = painted.peek();
  if (present && full && isReduced(present)) present = await paintedFully();
  if (!present?.settings.look) return undefined;
  const blob = await encode(present.painting, format, format === 'image/png' ? undefined : quality);
  return new File([blob], `${present.photo.name}-${slugOf(present.settings.look)}.${ENDINGS[format]}`, { type: format });
}

export function download(file: File): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Clipboards take PNG. The promise goes in at once: browsers want that within the click. */
export async function copy(full: boolean): Promise<void> {
  const png = exportFile({ format: 'image/png', quality: 1, full }).then((file) => {
    if (!file) throw new DOMException('cancelled', 'AbortError');
    return file;
  });
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}

export const canCopy = (): boolean => 'ClipboardItem' in window && 'clipboard' in navigator;

export const canShare = (): boolean => {
  const probe = new File([new Uint8Array(1)], 'painting.png', { type: 'image/png' });
  return 'canShare' in navigator && navigator.canShare({ files: [probe] });
};
