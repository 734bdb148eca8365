/** Painting a stream of frames. */
import { macrotask } from './engine/turns.js';
import { BrushworkError, abortError, toBrushworkError } from './errors.js';
import type { VideoSettings } from './options.js';

/** Paints one frame, which it does not close. */
export type PaintFrame = (frame: VideoFrame) => Promise<VideoFrame>;

type Controller = TransformStreamDefaultController<VideoFrame>;

/** More than are ever waiting, so that writing does not wait for the reader: which frame to drop is decided here. */
const UNBOUNDED = 1000;
/** Painted frames that nobody has read yet, at most: more would only be memory, and late. */
const MAX_UNREAD = 2;

/**
 * Frames in, painted frames out. Closes every frame it takes; the painted ones are the reader's. An error, or the signal, ends both
 * sides. `onEnd` is called once, then.
 */
export function videoStream(
  paint: PaintFrame, { pacing }: Pick<VideoSettings, 'pacing'>, signal: AbortSignal | undefined, onEnd: () => void,
): TransformStream<VideoFrame, VideoFrame> {
  const missing = ['TransformStream', 'VideoFrame'].find((name) => !(name in globalThis));
  if (missing) throw new BrushworkError('unsupported-environment', `video: there is no ${missing} here`);
  const frames = pacing === 'every-frame' ? new EveryFrame(paint, signal, onEnd) : new LatestFrame(paint, signal, onEnd);
  const strategy = pacing === 'every-frame' ? undefined : { highWaterMark: UNBOUNDED };
  return noticeLeaving(new TransformStream(frames, undefined, strategy), () => frames.end());
}

/** Calls `onLeave` when the reader leaves: not every browser tells a transformer of it. */
function noticeLeaving<T>(stream: TransformStream<T, T>, onLeave: () => void): TransformStream<T, T> {
  const reader = stream.readable.getReader();
  const source: UnderlyingDefaultSource<T> = {
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel(reason) {
      onLeave();
      return reader.cancel(reason);
    },
  };
  // Nothing is read ahead, so that what the stream itself sees of its reader is as without this.
  const readable = new ReadableStream<T>(source, { highWaterMark: 0 });
  return Object.defineProperty(stream, 'readable', { value: readable });
}

/** The next frame is taken when this one is painted and read. */
class EveryFrame implements Transformer<VideoFrame, VideoFrame> {
  private readonly ended = new AbortController();

  constructor(
    private readonly paint: PaintFrame,
    protected readonly signal: AbortSignal | undefined,
    private readonly onEnd: () => void,
  ) {}

  start(controller: Controller): void {
    const { signal } = this;
    const onAbort = (): void => {
      controller.error(abortError(signal));
      this.end();
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true, signal: this.ended.signal });
  }

  transform(frame: VideoFrame, controller: Controller): Promise<void> {
    return this.paintAndDeliver(frame, controller);
  }

  flush(): Promise<void> | void {
    this.end();
  }

  cancel(): void {
    this.end();
  }

  /** Nothing is to be done any more. */
  end(): void {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    this.onEnd();
  }

  protected async paintAndDeliver(frame: VideoFrame, controller: Controller): Promise<void> {
    try {
      const painted = await this.paint(frame);
      if (this.ended.signal.aborted || controller.desiredSize === null || this.isLate(controller.desiredSize)) painted.close();
      else controller.enqueue(painted);
    } catch (error) {
      const failure = toBrushworkError(error);
      controller.error(failure);
      this.end();
      throw failure;
    } finally {
      frame.close();
    }
  }

  protected isLate(_room: number): boolean {
    return false;
  }
}

/** Frames are taken as they come; of those that come while one is painted, the last is the next. */
class LatestFrame extends EveryFrame {
  private next: VideoFrame | undefined;
  private painting: Promise<void> | undefined;

  override transform(frame: VideoFrame, controller: Controller): Promise<void> {
    this.next?.close();
    this.next = frame;
    this.painting ??= this.paintAll(controller);
    // A source that has all its frames at hand must not keep the page from everything else.
    return macrotask();
  }

  override async flush(): Promise<void> {
    await this.painting;
    this.end();
  }

  override end(): void {
    super.end();
    this.next?.close();
    this.next = undefined;
  }

  protected override isLate(room: number): boolean {
    return room <= UNBOUNDED - MAX_UNREAD;
  }

  private async paintAll(controller: Controller): Promise<void> {
    try {
      while (this.next) {
        const frame = this.next;
        this.next = undefined;
        await this.paintAndDeliver(frame, controller);
      }
    } catch {
      // The stream has the error.
    } finally {
      this.painting = undefined;
    }
  }
}
