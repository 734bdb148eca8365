/** The machine's cameras: opening one, and its frames. */
import { VideoError, cameraError } from './problems.js';

export type Facing = 'user' | 'environment';

export interface CameraChoice {
  /** Of one camera; else the one that looks `facing`. */
  deviceId?: string;
  facing: Facing;
}

/** Opens a camera. The light is on until `close` is called on what comes back. */
export async function openCamera({ deviceId, facing }: CameraChoice): Promise<MediaStream> {
  if (!('mediaDevices' in navigator) || typeof navigator.mediaDevices.getUserMedia !== 'function') {
    throw new VideoError(isSecureContext ? 'no-camera-api' : 'insecure');
  }
  // More than is ever painted costs time for nothing; the smallest cameras give less.
  const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: facing } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...size, ...which } });
  } catch (error) {
    // A camera that was remembered and is gone: any other will do.
    if (deviceId && error instanceof Error && error.name === 'OverconstrainedError') return openCamera({ facing });
    throw cameraError(error);
  }
}

export async function openMicrophone(): Promise<MediaStreamTrack> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return stream.getAudioTracks()[0] as MediaStreamTrack;
  } catch (error) {
    throw new VideoError('microphone', error instanceof Error ? error.message : '', { cause: error });
  }
}

export function closeStream(stream: MediaStream | undefined): void {
  stream?.getTracks().forEach((track) => track.stop());
}

/** All cameras; their names are known once one was opened. */
export async function listCameras(): Promise<{ id: string; label: string }[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, label }));
}

interface TrackProcessor {
  readable: ReadableStream<VideoFrame>;
}
type TrackProcessorConstructor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;

/**
 * The frames of a camera, always the latest: those that come while one is painted are dropped. Each is the caller's to close. Ends with
 * the track or `signal`; the track is to be stopped then.
 */
export function cameraFrames(track: MediaStreamTrack, signal: AbortSignal): AsyncGenerator<VideoFrame, void> {
  const { MediaStreamTrackProcessor: Processor } = globalThis as { MediaStreamTrackProcessor?: TrackProcessorConstructor };
  return Processor ? processedFrames(new Processor({ track, maxBufferSize: 1 }).readable, signal) : elementFrames(track, signal);
}

async function* processedFrames(frames: ReadableStream<VideoFrame>, signal: AbortSignal): AsyncGenerator<VideoFrame, void> {
  const reader = frames.getReader();
  try {
    while (!signal.aborted) {
      const { value } = await reader.read();
      if (!value) return;
      yield value;
    }
  } finally {
    void closeRest(reader);
  }
}

/** Until the track is stopped. Cancelling would drop what waits in the stream without closing it. */
async function closeRest(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
  for (;;) {
    const { value } = await reader.read();
    if (!value) return;
    value.close();
  }
}

/** Where tracks can't be read: a video element shows them, unseen. */
async function* elementFrames(track: MediaStreamTrack, signal: AbortSignal): AsyncGenerator<VideoFrame, void> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    track.addEventListener('ended', () => resolve(), { once: true });
  });
  try {
    await Promise.race([video.play(), ended]);
    while (!signal.aborted && track.readyState === 'live') {
      const shown = new Promise<number>((resolve) => video.requestVideoFrameCallback((now) => resolve(now)));
      const now = await Promise.race([shown, ended]);
      if (now === undefined) return;
      yield new VideoFrame(video, { timestamp: Math.round(1000 * now) });
    }
  } finally {
    video.srcObject = null;
  }
}
