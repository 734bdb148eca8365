/** A camera painted while it runs. */
import type { Brushwork } from 'brushwork';
import { cameraFrames } from './camera.js';
import { type Figures, FrameMeter } from './figures.js';
import { FramePainter, type Manner, fit, shrink } from './frame-painter.js';
import { maxPixels, pace, startPacing } from './pacing.js';
import type { Recording } from './recorder.js';

const FIGURES_EVERY = 500; // milliseconds

export interface LiveEvents {
  /** About twice a second. */
  onFigures: (figures: Figures) => void;
  /** A frame is on the canvas: `painted` is false for those that are shown as they are, until there is a manner. */
  onFrame: (painted: boolean) => void;
}

/** Paints `track` onto `canvas` until it ends or is left. The track remains the caller's. */
export class LivePainting {
  /** Left and right are exchanged, as in a mirror. */
  mirrored = true;
  /** While true the camera's frames are let go. */
  paused = false;
  recording: Recording | undefined;

  private painter: FramePainter | undefined;
  private pacing = startPacing();
  private readonly meter = new FrameMeter();
  private reported = 0;
  private readonly left = new AbortController();
  private waiting: ((still: ImageBitmap) => void)[] = [];

  constructor(
    private readonly track: MediaStreamTrack,
    private readonly canvas: HTMLCanvasElement,
    private readonly events: LiveEvents,
  ) {}

  /** From the next frame on. */
  setManner(engine: Brushwork, manner: Manner): void {
    const previous = this.painter;
    this.painter = new FramePainter(engine, manner, { pacing: 'live' });
    previous?.end();
  }

  /** The next frame as the camera gives it, mirrored if the canvas is. Never resolves if there is none. */
  still(): Promise<ImageBitmap> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    this.left.abort();
    this.painter?.end();
  }

  /** Ends with the track, or when it is left; an error of the engine rejects. */
  async run(): Promise<void> {
    try {
      for await (const frame of cameraFrames(this.track, this.left.signal)) {
        if (this.paused) frame.close();
        else await this.show(frame);
      }
    } finally {
      this.leave();
    }
  }

  private async show(frame: VideoFrame): Promise<void> {
    const started = performance.now();
    this.fitCanvas(frame);
    this.giveStills(frame);
    const { painter } = this;
    if (!painter) {
      this.draw(frame);
      frame.close();
      this.events.onFrame(false);
      return;
    }
    let painted: VideoFrame;
    try {
      painted = await painter.paint(await shrink(frame, maxPixels(this.pacing)));
    } catch (error) {
      if (painter !== this.painter || this.left.signal.aborted) return; // The manner has changed meanwhile, or all is over.
      throw error;
    }
    const { displayWidth, displayHeight } = painted;
    this.draw(painted);
    painted.close();
    await this.recording?.add();
    this.measure(started, displayWidth, displayHeight);
    this.events.onFrame(true);
  }

  private giveStills(frame: VideoFrame): void {
    for (const give of this.waiting.splice(0)) {
      const still = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
      drawOver(still.getContext('2d') as OffscreenCanvasRenderingContext2D, frame, this.mirrored);
      give(still.transferToImageBitmap());
    }
  }

  /** The canvas keeps the camera's size while what is painted changes its own: recordings have one size. */
  private fitCanvas({ displayWidth, displayHeight }: VideoFrame): void {
    if (this.recording) return;
    const { canvas } = this;
    const [width, height] = fit(displayWidth, displayHeight, Infinity);
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
  }

  private draw(frame: VideoFrame): void {
    drawOver(this.canvas.getContext('2d') as CanvasRenderingContext2D, frame, this.mirrored);
  }

  private measure(started: number, width: number, height: number): void {
    const now = performance.now();
    const took = now - started;
    // A page that was in the background comes back late: that says nothing about the size.
    if (took < 2000) this.pacing = pace(this.pacing, took);
    this.meter.add(now, took, width, height);
    if (now - this.reported < FIGURES_EVERY) return;
    const figures = this.meter.figures();
    if (!figures) return;
    this.reported = now;
    this.events.onFigures(figures);
  }
}

function drawOver(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, frame: VideoFrame, mirrored: boolean): void {
  const { width, height } = context.canvas;
  context.imageSmoothingQuality = 'high';
  context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? width : 0, 0);
  context.drawImage(frame, 0, 0, width, height);
}
