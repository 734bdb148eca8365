/** The camera view's doings: a camera that is switched on and off, painted, recorded. Its signals are what the view shows. */
import type { Brushwork } from 'brushwork';
import { signal } from '@preact/signals';
import { type Facing, closeStream, listCameras, openCamera, openMicrophone } from './camera.js';
import type { Figures } from './figures.js';
import type { Manner } from './frame-painter.js';
import { LivePainting } from './live.js';
import { VideoError } from './problems.js';
import { type Recorded, type Recording, startRecording } from './recorder.js';

export type CameraState = { kind: 'off' } | { kind: 'asking' } | { kind: 'running' } | { kind: 'failed'; error: unknown };

const LONGEST_RECORDING = 600; // seconds

export class CameraSession {
  readonly state = signal<CameraState>({ kind: 'off' });
  readonly figures = signal<Figures | undefined>(undefined);
  readonly cameras = signal<{ id: string; label: string }[]>([]);
  /** The open camera. */
  readonly deviceId = signal('');
  /** Painted frames are on the canvas. */
  readonly painted = signal(false);
  readonly paused = signal(false);
  readonly mirrored = signal(true);
  /** Seconds, while something is recorded. */
  readonly recording = signal<number | undefined>(undefined);
  readonly recorded = signal<Recorded | undefined>(undefined);
  /** Why there is no recording; painting goes on. */
  readonly recordingFailure = signal<unknown>(undefined);

  private stream: MediaStream | undefined;
  private live: LivePainting | undefined;
  private microphone: MediaStreamTrack | undefined;
  private manner: [Brushwork, Manner] | undefined;
  private facing: Facing = 'user';
  /** Counts what was begun, so that what comes too late is known. */
  private turn = 0;
  private readonly closed = new AbortController();

  constructor() {
    const onVisibility = (): void => this.pause(document.hidden);
    document.addEventListener('visibilitychange', onVisibility, { signal: this.closed.signal });
  }

  setManner(engine: Brushwork, manner: Manner): void {
    this.manner = [engine, manner];
    this.live?.setManner(engine, manner);
  }

  /** Opens a camera, by its id or the one that looks the same way as the last, and paints it onto `canvas`. */
  async start(canvas: HTMLCanvasElement, deviceId?: string): Promise<void> {
    await this.stop();
    const turn = ++this.turn;
    this.state.value = { kind: 'asking' };
    try {
      const stream = await openCamera({ facing: this.facing, ...(deviceId && { deviceId }) });
      if (turn !== this.turn) return closeStream(stream);
      this.stream = stream;
      this.cameras.value = await listCameras();
      if (turn === this.turn) await this.paint(stream, canvas, turn);
    } catch (error) {
      if (turn === this.turn) await this.fail(error);
    }
  }

  /** Front or back. */
  async turnAround(canvas: HTMLCanvasElement): Promise<void> {
    this.facing = this.facing === 'user' ? 'environment' : 'user';
    await this.start(canvas);
  }

  private async paint(stream: MediaStream, canvas: HTMLCanvasElement, turn: number): Promise<void> {
    const track = stream.getVideoTracks()[0] as MediaStreamTrack;
    const { deviceId, facingMode } = track.getSettings();
    this.deviceId.value = deviceId ?? '';
    this.mirror(facingMode !== 'environment');
    const live = new LivePainting(track, canvas, {
      onFigures: (figures) => (this.figures.value = figures),
      onFrame: (painted) => {
        this.state.value.kind !== 'running' && (this.state.value = { kind: 'running' });
        this.painted.value = painted;
      },
    });
    this.live = live;
    live.mirrored = this.mirrored.value;
    if (this.manner) live.setManner(...this.manner);
    this.pause(document.hidden);
    await live.run();
    // Nobody has left it: the camera has.
    if (turn === this.turn) throw new VideoError('unplugged');
  }

  mirror(mirrored: boolean): void {
    this.mirrored.value = mirrored;
    if (this.live) this.live.mirrored = mirrored;
  }

  /** The camera sees nothing while nobody looks. */
  private pause(paused: boolean): void {
    this.paused.value = paused;
    if (!this.live || !this.stream) return;
    this.live.paused = paused;
    this.live.recording?.pause(paused);
    this.stream.getVideoTracks().forEach((track) => (track.enabled = !paused));
  }

  /** The present picture as the camera sees it. */
  async still(): Promise<ImageBitmap | undefined> {
    return this.live?.still();
  }

  async record(canvas: HTMLCanvasElement, withSound: boolean): Promise<void> {
    const { live } = this;
    if (!live || live.recording) return;
    this.recordingFailure.value = undefined;
    this.recorded.value = undefined;
    try {
      const microphone = withSound ? await openMicrophone() : undefined;
      this.microphone = microphone;
      const recording = await startRecording(canvas, microphone);
      if (live !== this.live) return void (await recording.discard());
      live.recording = recording;
      this.recording.value = 0;
      void this.countSeconds(recording);
    } catch (error) {
      this.closeMicrophone();
      this.recordingFailure.value = error;
    }
  }

  private async countSeconds(recording: Recording): Promise<void> {
    while (this.live?.recording === recording) {
      this.recording.value = recording.seconds();
      if (recording.seconds() >= LONGEST_RECORDING) return this.stopRecording();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async stopRecording(): Promise<void> {
    const recording = this.live?.recording;
    if (!this.live || !recording) return;
    this.live.recording = undefined;
    this.recording.value = undefined;
    try {
      this.recorded.value = await recording.stop();
    } catch (error) {
      this.recordingFailure.value = error;
    } finally {
      this.closeMicrophone();
    }
  }

  discardRecorded(): void {
    this.recorded.value = undefined;
  }

  /** What is being recorded is kept. */
  async stop(): Promise<void> {
    ++this.turn;
    await this.stopRecording();
    this.release();
    this.state.value = { kind: 'off' };
  }

  private async fail(error: unknown): Promise<void> {
    await this.stop();
    this.state.value = { kind: 'failed', error };
  }

  /** The view is left: everything ends, the light goes out. */
  close(): void {
    ++this.turn;
    this.closed.abort();
    void this.live?.recording?.discard();
    this.closeMicrophone();
    this.release();
  }

  private release(): void {
    this.live?.leave();
    this.live = undefined;
    closeStream(this.stream);
    this.stream = undefined;
    this.figures.value = undefined;
    this.painted.value = false;
  }

  private closeMicrophone(): void {
    this.microphone?.stop();
    this.microphone = undefined;
  }
}
