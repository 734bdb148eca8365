/** What is used of mediabunny, and nothing else: this is loaded when a video is first read or written. */
export {
  BlobSource, BufferTarget, CanvasSource, Conversion, Input, MATROSKA, MP4, MPEG_TS, MediaStreamAudioTrackSource, Mp4OutputFormat, Output,
  QTFF, Quality, StreamTarget, VideoSample, VideoSampleSink, VideoSampleSource, WEBM, WebMOutputFormat, canEncodeVideo, getFirstEncodableAudioCodec,
  getFirstEncodableVideoCodec,
} from 'mediabunny';
