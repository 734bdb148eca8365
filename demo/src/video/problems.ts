/** What goes wrong with cameras and video files, by kind: the words for each are in texts.ts. */
import { BrushworkError } from 'brushwork';

export type CameraProblem =
  | 'no-camera'
  | 'denied' // by the user, the system or a policy
  | 'in-use'
  | 'insecure' // a page that is not served over HTTPS is given no camera
  | 'no-camera-api'
  | 'unplugged'
  | 'no-recorder'
  | 'microphone';

export type FileProblem =
  | 'not-a-video'
  | 'no-video-track'
  | 'codec' // detail: which
  | 'no-webcodecs'
  | 'no-encoder'
  | 'damaged'
  | 'too-large' // for the memory, where there is no disk to write to
  | 'memory'
  | 'disk-full';

export class VideoError extends Error {
  override readonly name = 'VideoError';

  constructor(
    readonly kind: CameraProblem | FileProblem,
    /** The other side's own words, or a name. */
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(detail || kind, options);
  }
}

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : '');
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What `getUserMedia` rejected with. */
export function cameraError(error: unknown): VideoError {
  const kinds: Record<string, CameraProblem> = {
    NotAllowedError: 'denied',
    SecurityError: 'denied',
    NotFoundError: 'no-camera',
    OverconstrainedError: 'no-camera',
    NotReadableError: 'in-use',
    AbortError: 'in-use',
    InvalidStateError: 'in-use',
  };
  return new VideoError(kinds[nameOf(error)] ?? 'in-use', messageOf(error), { cause: error });
}

/** What painting a file failed with; errors of the engine other than lack of memory are its own to explain. */
export function fileError(error: unknown): unknown {
  if (error instanceof VideoError) return error;
  const options = { cause: error };
  if (error instanceof BrushworkError) return error.code === 'out-of-memory' ? new VideoError('memory', error.message, options) : error;
  const name = nameOf(error);
  if (name === 'QuotaExceededError') return new VideoError('disk-full', messageOf(error), options);
  if (error instanceof RangeError && /alloc|memory|length/i.test(error.message)) return new VideoError('memory', error.message, options);
  if (name === 'UnsupportedInputFormatError') return new VideoError('not-a-video', messageOf(error), options);
  return new VideoError('damaged', messageOf(error), options);
}
