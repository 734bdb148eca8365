/** A video file, painted frame by frame, with its sound. Knows no user interface. */
import type { Brushwork } from 'brushwork';
import type { Conversion, Output, VideoSample, VideoSampleSource } from 'mediabunny';
import type { Film } from './film.js';
import { type FileFormat, bitrateOf, chooseFormat } from './formats.js';
import { FramePainter, type Manner, fit } from './frame-painter.js';
import { fileError } from './problems.js';
import { type ScratchFile, openScratchFile } from './scratch-file.js';

export interface FilmOptions {
  manner: Manner;
  maxPixels: number;
  steadiness: number; // 0 to 1
  /** A frame is painted: both pictures are only valid during the call. `done` is the part of the film, 0 to 1. */
  onFrame: (original: VideoFrame, painted: VideoFrame, done: number) => void;
}

export interface PaintedFilm {
  blob: Blob;
  extension: string;
  frames: number;
  /** Of the film, painted. */
  seconds: number;
  /** False if the film has sound that this browser can neither copy nor encode. */
  soundKept: boolean;
  /** True if the file ends before the time that it says it has. */
  cutOff: boolean;
}

/** How far, in seconds, sound may lag behind the frames in the file: players look for both at one place. */
const INTERLEAVING = 0.5;

/** A film being painted. It can be stopped and gone on with, or saved as far as it is. */
export class FilmPainting {
  frames = 0;
  private seconds = 0;
  private stopping = false;
  private finished = false;
  private soundUntil = 0;
  private readonly samples: AsyncGenerator<VideoSample, void, unknown>;
  private readonly canvas: OffscreenCanvas;

  private constructor(
    private readonly film: Film,
    private readonly options: FilmOptions,
    private readonly painter: FramePainter,
    private readonly format: FileFormat,
    private readonly scratch: ScratchFile,
    private readonly output: Output,
    private readonly video: VideoSampleSource,
    /** Copies the sound, or encodes it; none if there is none. */
    private readonly sound: Conversion | undefined,
    [width, height]: [number, number],
  ) {
    this.samples = new film.media.VideoSampleSink(film.track).samples(0);
    this.canvas = new OffscreenCanvas(width, height);
  }

  static async prepare(engine: Brushwork, film: Film, options: FilmOptions): Promise<FilmPainting> {
    const { media, facts } = film;
    let scratch: ScratchFile | undefined;
    try {
      const size = fit(facts.width, facts.height, options.maxPixels);
      const format = await chooseFormat(media, ...size);
      const bitrate = bitrateOf(...size, facts.frameRate);
      scratch = await openScratchFile(media, (bitrate / 8) * facts.seconds);
      const output = new media.Output({ format: format.container, target: scratch.target });
      const video = new media.VideoSampleSource({ codec: format.codec, quality: new media.Quality({ bitrate }) });
      output.addVideoTrack(video);
      const sound = await prepareSound(film, output, format);
      await output.start();
      const painter = new FramePainter(engine, options.manner, { pacing: 'every-frame', steadiness: options.steadiness });
      return new FilmPainting(film, options, painter, format, scratch, output, video, sound, size);
    } catch (error) {
      await scratch?.remove();
      throw fileError(error);
    }
  }

  /** Paints until the end ('done'), or until it is stopped ('stopped'); then `run` goes on. After an error there is only `discard`. */
  async run(): Promise<'done' | 'stopped'> {
    this.stopping = false;
    try {
      while (!this.stopping) {
        const { value: sample } = await this.samples.next();
        if (!sample) {
          this.finished = true;
          return 'done';
        }
        await this.add(sample);
      }
      return 'stopped';
    } catch (error) {
      throw fileError(error);
    }
  }

  /** After the frame that is being painted. */
  stop(): void {
    this.stopping = true;
  }

  private async add(sample: VideoSample): Promise<void> {
    const { media, facts } = this.film;
    const timestamp = Math.max(0, sample.timestamp);
    // Not every container says how long the last frame is shown.
    const duration = sample.duration > 0 ? sample.duration : 1 / facts.frameRate;
    const frame = this.upright(sample);
    sample.close();
    const original = frame.clone();
    try {
      const painted = await this.painter.paint(frame);
      this.frames += 1;
      this.seconds = Math.max(this.seconds, timestamp + duration);
      this.options.onFrame(original, painted, Math.min(1, this.seconds / facts.seconds));
      // In seconds, as the file has them: a frame's own microseconds are rounded.
      using result = new media.VideoSample(painted, { timestamp, duration });
      await this.video.add(result);
    } finally {
      original.close();
    }
    if (this.seconds < this.soundUntil + INTERLEAVING) return;
    this.soundUntil = this.seconds;
    await this.sound?.execute({ until: this.seconds });
  }

  /** As it is to be seen, at the size that is painted. */
  private upright(sample: VideoSample): VideoFrame {
    const { width, height } = this.canvas;
    const { rotation, flip, codedWidth, codedHeight, displayWidth, displayHeight } = sample;
    const asItIs = rotation === 0 && !flip && [codedWidth, displayWidth].every((w) => w === width) && [codedHeight, displayHeight].every((h) => h === height);
    if (asItIs) return sample.toVideoFrame();
    const context = this.canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.imageSmoothingQuality = 'high';
    sample.draw(context, 0, 0, width, height);
    return new VideoFrame(this.canvas, { timestamp: Math.round(1e6 * sample.timestamp) });
  }

  /** The film as far as it is painted. */
  async finish(): Promise<PaintedFilm> {
    const { extension, type } = this.format;
    try {
      await this.sound?.execute(this.finished ? {} : { until: this.seconds });
      await this.end();
      await this.output.finalize();
      const cutOff = this.finished && this.seconds < 0.99 * this.film.facts.seconds - 0.5;
      const soundKept = !this.film.facts.hasSound || this.sound !== undefined;
      return { blob: await this.scratch.blob(type), extension, frames: this.frames, seconds: this.seconds, soundKept, cutOff };
    } catch (error) {
      throw fileError(error);
    }
  }

  /** Gives it up, or, after `finish`, frees the disk space: the blob is no longer valid then. */
  async discard(): Promise<void> {
    this.stopping = true;
    await this.end();
    if (!['finalized', 'finalizing'].includes(this.output.state)) await this.output.cancel().catch(() => undefined);
    await this.scratch.remove();
  }

  private async end(): Promise<void> {
    this.painter.end();
    await this.samples.return().catch(() => undefined);
    if (this.sound && !['done', 'canceled'].includes(this.sound.state)) await this.sound.cancel();
  }
}

/** Sound that the container takes is copied as it is. */
async function prepareSound({ media, input }: Film, output: Output, { container, audioCodec }: FileFormat): Promise<Conversion | undefined> {
  const track = await input.getPrimaryAudioTrack();
  const codec = await track?.getCodec();
  if (!track || !codec) return undefined;
  const fits = container.getSupportedAudioCodecs().includes(codec);
  const conversion = await media.Conversion.init({
    input, output,
    tracks: 'primary',
    // The frames are added beside it.
    composable: true,
    video: { discard: true },
    audio: fits || !audioCodec ? {} : { codec: audioCodec },
    // Otherwise sound that begins later than the picture would be moved to the start.
    trim: { start: 0 },
    showWarnings: false,
  });
  return conversion.utilizedTracks.length > 0 ? conversion : undefined;
}
