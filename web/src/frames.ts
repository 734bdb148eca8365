/** Pixels of video frames without a canvas in between. */
import type { RawImage } from './engine/protocol.js';

/** The browser's format of frames whose pixels are to be converted. */
const RGBA = { format: 'RGBA', colorSpace: 'srgb' } as const;
const PIXEL_BYTES = 4;

let converting: boolean | undefined;

/** Whether `copyTo` converts to RGBA: where it does not know of formats, it would give the frame's own. */
function converts(): boolean {
  if (converting === undefined) {
    const frame = new VideoFrame(new Uint8Array(6), { format: 'I420', codedWidth: 2, codedHeight: 2, timestamp: 0 });
    try {
      converting = frame.allocationSize(RGBA) === 2 * 2 * PIXEL_BYTES;
    } catch {
      converting = false;
    } finally {
      frame.close();
    }
  }
  return converting;
}

/** Whether what is seen of the frame is what it holds: not turned, mirrored or stretched. */
function isPlain(frame: VideoFrame): boolean {
  const { rotation = 0, flip = false } = frame as { rotation?: number; flip?: boolean };
  const { visibleRect, displayWidth, displayHeight } = frame;
  return rotation === 0 && !flip && visibleRect?.width === displayWidth && visibleRect.height === displayHeight;
}

/** As RGBA. Undefined if it has to be drawn: the browser cannot convert, or would not show the frame as it is. */
export async function copyFrame(frame: VideoFrame): Promise<RawImage | undefined> {
  try {
    if (frame.format === null || !isPlain(frame) || !converts()) return undefined;
    const { displayWidth: width, displayHeight: height } = frame;
    const bytes = new Uint8Array(width * height * PIXEL_BYTES);
    if (frame.allocationSize(RGBA) !== bytes.length) return undefined;
    await frame.copyTo(bytes, RGBA);
    // What has no alpha may leave it as it is.
    if (!frame.format.includes('A')) for (let i = 3; i < bytes.length; i += PIXEL_BYTES) bytes[i] = 255;
    return { kind: 'pixels', bytes, width, height, owned: true };
  } catch {
    return undefined; // Drawing it says what is wrong.
  }
}
