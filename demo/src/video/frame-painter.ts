/** Frames painted one after the other, by the package's stream: one in, its painting out. */
import type { Brushwork, Style, VideoOptions } from 'brushwork';

/** How frames are painted. */
export interface Manner {
  style: Style;
  strength: number; // 0 to 1
  preserveColor: number; // 0 to 1
  brush: number; // scale of the frame that is painted
}

/** What the frames before one left behind (colours, strokes in motion) goes into it: a painter is for one film in one manner. */
export class FramePainter {
  private readonly ended = new AbortController();
  private readonly frames: WritableStreamDefaultWriter<VideoFrame>;
  private readonly paintings: ReadableStreamDefaultReader<VideoFrame>;

  constructor(engine: Brushwork, manner: Manner, options: Pick<VideoOptions, 'pacing' | 'steadiness'>) {
    const { readable, writable } = engine.video({ ...manner, ...options, signal: this.ended.signal });
    this.frames = writable.getWriter();
    this.paintings = readable.getReader();
  }

  /** Takes over `frame`; the painting is the caller's, with the frame's time. One call at a time. After an error there are no more. */
  async paint(frame: VideoFrame): Promise<VideoFrame> {
    const [read, written] = await Promise.allSettled([this.paintings.read(), this.frames.write(frame)]);
    // The stream closes the frames that it takes: one that came when it had ended is still open.
    frame.close();
    const painting = read.status === 'fulfilled' ? read.value.value : undefined;
    if (painting && written.status === 'fulfilled') return painting;
    painting?.close();
    const failure = [read, written].find(({ status }) => status === 'rejected');
    throw failure?.status === 'rejected' ? failure.reason : new DOMException('The painter has ended', 'AbortError');
  }

  /** A painting under way is given up. */
  end(): void {
    this.ended.abort();
  }
}

/** Encoders want even sides. */
const even = (side: number): number => Math.max(2, 2 * Math.round(side / 2));

/** The size `[width, height]` of a picture painted with at most about `maxPixels`: even, never larger than the picture. */
export function fit(width: number, height: number, maxPixels: number): [number, number] {
  const scale = Math.min(1, Math.sqrt(maxPixels / (width * height)));
  return [even(width * scale), even(height * scale)];
}

/** Takes over `frame`; what comes back is the caller's, and smaller if need be. */
export async function shrink(frame: VideoFrame, maxPixels: number): Promise<VideoFrame> {
  const { displayWidth, displayHeight, timestamp, duration } = frame;
  if (displayWidth * displayHeight <= maxPixels) return frame;
  const [resizeWidth, resizeHeight] = fit(displayWidth, displayHeight, maxPixels);
  try {
    // 'medium' averages, which 'low' does not: fine patterns would flicker, and with them the strokes.
    const small = await createImageBitmap(frame, { resizeWidth, resizeHeight, resizeQuality: 'medium' });
    const shrunk = new VideoFrame(small, { timestamp, ...(duration !== null && { duration }) });
    small.close();
    return shrunk;
  } finally {
    frame.close();
  }
}
