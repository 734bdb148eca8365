/** A progress bar on a terminal; nothing where standard error is not one. */
const WIDTH = 40;
const CLEAR_TO_END = '\u001b[K';

export class ProgressBar {
  private shown = -1;

  /** `fraction` from 0 to 1. */
  show(fraction: number, label: string): void {
    const percent = Math.floor(fraction * 100);
    if (!process.stderr.isTTY || percent === this.shown) return;
    this.shown = percent;
    const bar = '#'.repeat(Math.floor((percent * WIDTH) / 100)).padEnd(WIDTH, '.');
    process.stderr.write(`\r${label} [${bar}] ${String(percent).padStart(3)} %${CLEAR_TO_END}`);
  }

  /** Leaves the line clean. */
  end(): void {
    if (this.shown >= 0) process.stderr.write(`\r${CLEAR_TO_END}`);
  }
}
