/** What is measured while frames are painted. Pure: times are given. */

export interface Figures {
  /** Frames a second, over the last second or two. */
  rate: number;
  /** Milliseconds that painting a frame takes, over the same frames. */
  milliseconds: number;
  width: number;
  height: number;
}

const WINDOW = 1500; // milliseconds

/** Frames of the last moments. */
export class FrameMeter {
  private frames: { at: number; took: number }[] = [];
  private size = { width: 0, height: 0 };

  /** A frame was done at `at` after `took` milliseconds. */
  add(at: number, took: number, width: number, height: number): void {
    this.frames.push({ at, took });
    this.size = { width, height };
    while ((this.frames[0] as { at: number }).at < at - WINDOW && this.frames.length > 2) this.frames.shift();
  }

  /** Nothing before there are two frames. */
  figures(): Figures | undefined {
    const [first, last] = [this.frames[0], this.frames.at(-1)];
    if (!first || !last || first === last || last.at === first.at) return undefined;
    const milliseconds = this.frames.reduce((sum, { took }) => sum + took, 0) / this.frames.length;
    return { rate: (1000 * (this.frames.length - 1)) / (last.at - first.at), milliseconds, ...this.size };
  }
}

/** Seconds left of a job that was at `fraction` (0 to 1) after `seconds`; nothing before that can be told. */
export function secondsLeft(fraction: number, seconds: number): number | undefined {
  if (seconds < 1 || fraction < 0.005) return undefined;
  return (seconds * (1 - fraction)) / fraction;
}

/** `0:07`, `12:30`, `1:02:30`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
