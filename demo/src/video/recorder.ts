/** Recording what is on a canvas, with the microphone if there is to be sound. */
import { bitrateOf, chooseFormat, loadMedia } from './formats.js';
import { VideoError } from './problems.js';

export interface Recorded {
  blob: Blob;
  extension: string;
  seconds: number;
}

export interface Recording {
  /** The canvas shows another frame. */
  add(): Promise<void>;
  /** Time during which nothing is recorded. */
  pause(paused: boolean): void;
  seconds(): number;
  stop(): Promise<Recorded>;
  /** Gives it up. */
  discard(): Promise<void>;
}

/** Seconds since the start, without the pauses. */
class Stopwatch {
  private readonly started = performance.now();
  private away = 0;
  private pausedAt: number | undefined;

  pause(paused: boolean): void {
    const now = performance.now();
    if (this.pausedAt !== undefined) this.away += now - this.pausedAt;
    this.pausedAt = paused ? now : undefined;
  }

  seconds(): number {
    return ((this.pausedAt ?? performance.now()) - this.started - this.away) / 1000;
  }
}

/** `microphone` remains the caller's. */
export async function startRecording(canvas: HTMLCanvasElement, microphone?: MediaStreamTrack): Promise<Recording> {
  if (typeof VideoEncoder !== 'undefined') return encodedRecording(canvas, microphone);
  if (typeof MediaRecorder !== 'undefined') return streamedRecording(canvas, microphone);
  throw new VideoError('no-recorder');
}

/** Frame by frame: the file knows its length, and each frame its time. */
async function encodedRecording(canvas: HTMLCanvasElement, microphone: MediaStreamTrack | undefined): Promise<Recording> {
  const media = await loadMedia();
  const { width, height } = canvas;
  const { container, codec, audioCodec, extension, type } = await chooseFormat(media, width, height);
  const target = new media.BufferTarget();
  const output = new media.Output({ format: container, target });
  const quality = new media.Quality({ bitrate: bitrateOf(width, height, 24) });
  const frames = new media.CanvasSource(canvas, { codec, quality, latencyMode: 'realtime' });
  output.addVideoTrack(frames);
  if (microphone && audioCodec) {
    const sound = new media.MediaStreamAudioTrackSource(microphone as MediaStreamAudioTrack, { codec: audioCodec, quality: new media.Quality('medium') });
    output.addAudioTrack(sound);
  }
  await output.start();
  const watch = new Stopwatch();
  let last = -1;
  let shown = 0; // how long the frames so far were shown
  let adding = Promise.resolve();
  return {
    add() {
      const time = watch.seconds();
      if (output.state !== 'started' || time <= last) return adding;
      shown = last < 0 ? 1 / 24 : time - last;
      last = time;
      adding = frames.add(time, shown);
      return adding;
    },
    pause: (paused) => watch.pause(paused),
    seconds: () => watch.seconds(),
    async stop() {
      await adding;
      if (last < 0) await frames.add(0, 1 / 24);
      await output.finalize();
      return { blob: new Blob([target.buffer as ArrayBuffer], { type }), extension, seconds: last + shown };
    },
    async discard() {
      await adding.catch(() => undefined);
      await output.cancel();
    },
  };
}

/** Where frames can't be encoded one by one. */
function streamedRecording(canvas: HTMLCanvasElement, microphone: MediaStreamTrack | undefined): Recording {
  const type = ['video/mp4', 'video/webm'].find((candidate) => MediaRecorder.isTypeSupported(candidate));
  if (!type) throw new VideoError('no-recorder');
  const stream = canvas.captureStream(30);
  if (microphone) stream.addTrack(microphone);
  const recorder = new MediaRecorder(stream, { mimeType: type });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener('stop', () => resolve(), { once: true }));
  const watch = new Stopwatch();
  recorder.start(1000);
  const end = async (): Promise<void> => {
    if (recorder.state !== 'inactive') recorder.stop();
    await stopped;
    stream.getVideoTracks().forEach((track) => track.stop());
  };
  return {
    add: () => Promise.resolve(),
    pause(paused) {
      watch.pause(paused);
      if (paused) recorder.pause();
      else recorder.resume();
    },
    seconds: () => watch.seconds(),
    async stop() {
      const seconds = watch.seconds();
      await end();
      return { blob: new Blob(parts, { type }), extension: type === 'video/mp4' ? '.mp4' : '.webm', seconds };
    },
    discard: end,
  };
}
