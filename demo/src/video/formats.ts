/** Which kind of video file this browser can write. */
import type { AudioCodec, OutputFormat, VideoCodec } from 'mediabunny';
import { VideoError } from './problems.js';

/** Everything that reads and writes files of video; loaded when it is first needed. */
export type Media = typeof import('./media.js');
export const loadMedia = (): Promise<Media> => import('./media.js');

export interface FileFormat {
  container: OutputFormat;
  extension: '.mp4' | '.webm';
  type: 'video/mp4' | 'video/webm';
  codec: VideoCodec;
  /** For sound that has to be encoded; none where the browser encodes none of those the container takes. */
  audioCodec: AudioCodec | undefined;
}

/** Strokes have edges everywhere: about twice the bits of a filmed picture. */
export const bitrateOf = (width: number, height: number, frameRate: number): number =>
  Math.round(Math.max(1e6, 0.2 * width * height * Math.min(60, Math.max(10, frameRate))));

/** MP4 with H.264, which plays everywhere, where it can be encoded at this size; else WebM. */
export async function chooseFormat(media: Media, width: number, height: number): Promise<FileFormat> {
  if (typeof VideoEncoder === 'undefined') throw new VideoError('no-webcodecs');
  const size = { width, height };
  if (await media.canEncodeVideo('avc', size)) {
    const audioCodec = await media.getFirstEncodableAudioCodec(['aac', 'opus']);
    return { container: new media.Mp4OutputFormat(), extension: '.mp4', type: 'video/mp4', codec: 'avc', audioCodec: audioCodec ?? undefined };
  }
  const codec = await media.getFirstEncodableVideoCodec(['vp9', 'vp8', 'av1'], size);
  if (!codec) throw new VideoError('no-encoder', `${width}×${height}`);
  const audioCodec = await media.getFirstEncodableAudioCodec(['opus', 'vorbis']);
  return { container: new media.WebMOutputFormat(), extension: '.webm', type: 'video/webm', codec, audioCodec: audioCodec ?? undefined };
}
