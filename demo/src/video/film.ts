/** Opening a video file. */
import type { Input, InputVideoTrack } from 'mediabunny';
import { fit } from './frame-painter.js';
import { type Media, loadMedia } from './formats.js';
import { VideoError, fileError } from './problems.js';

export interface VideoFacts {
  /** As it is shown: turned, with square pixels. */
  width: number;
  height: number;
  seconds: number;
  /** Frames a second, on average; may vary. */
  frameRate: number;
  hasSound: boolean;
}

/** An opened file. */
export interface Film {
  readonly file: File;
  readonly facts: VideoFacts;
  /** The frame at a time in seconds, drawn to `canvas`, whose size becomes the film's, at most `maxPixels`. */
  draw(canvas: HTMLCanvasElement, seconds: number, maxPixels: number): Promise<void>;
  close(): void;
  /** What reads it. */
  readonly media: Media;
  readonly input: Input;
  readonly track: InputVideoTrack;
}

/** Looks into a file: what can't be painted is said here, before anything is painted. Errors are `VideoError`s. */
export async function openFilm(file: File): Promise<Film> {
  if (typeof VideoDecoder === 'undefined' || typeof VideoFrame === 'undefined') throw new VideoError('no-webcodecs');
  const media = await loadMedia();
  const input = new media.Input({ source: new media.BlobSource(file), formats: [media.MP4, media.QTFF, media.WEBM, media.MATROSKA, media.MPEG_TS] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new VideoError('no-video-track');
    if (!(await track.canDecode())) throw new VideoError('codec', await codecName(track));
    const facts = await factsOf(input, track);
    return { file, facts, media, input, track, draw: (...place) => drawFrame(media, track, facts, ...place), close: () => input.dispose() };
  } catch (error) {
    input.dispose();
    throw fileError(error);
  }
}

async function codecName(track: InputVideoTrack): Promise<string> {
  return (await track.getCodecParameterString()) ?? (await track.getCodec()) ?? String((await track.getInternalCodecId()) ?? '?');
}

async function factsOf(input: Input, track: InputVideoTrack): Promise<VideoFacts> {
  const [width, height] = await Promise.all([track.getDisplayWidth(), track.getDisplayHeight()]);
  const seconds = (await input.getDurationFromMetadata([track])) ?? (await input.computeDuration([track]));
  // The first frames are enough for the rate; all of a long file's would have to be looked up.
  const { averagePacketRate } = await track.computePacketStats(100);
  return { width, height, seconds, frameRate: averagePacketRate || 30, hasSound: (await input.getPrimaryAudioTrack()) !== null };
}

async function drawFrame(
  media: Media, track: InputVideoTrack, facts: VideoFacts, canvas: HTMLCanvasElement, seconds: number, maxPixels: number,
): Promise<void> {
  const start = await track.getFirstTimestamp();
  const sample = await new media.VideoSampleSink(track).getSample(Math.max(start, seconds));
  if (!sample) throw new VideoError('damaged');
  const [width, height] = fit(facts.width, facts.height, maxPixels);
  canvas.width = width;
  canvas.height = height;
  sample.draw(canvas.getContext('2d') as CanvasRenderingContext2D, 0, 0, width, height);
  sample.close();
}
