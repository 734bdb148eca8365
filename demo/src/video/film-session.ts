/** The video view's doings: a file that is opened, painted, stopped, saved. Its signals are what the view shows. */
import type { Brushwork } from 'brushwork';
import { signal } from '@preact/signals';
import { FrameMeter, secondsLeft } from './figures.js';
import { type Film, openFilm } from './film.js';
import { FilmPainting, type PaintedFilm } from './film-painting.js';
import { FramePainter, type Manner } from './frame-painter.js';
import { keepAwake } from './keep-awake.js';

export type FilmState =
  | { kind: 'empty' }
  | { kind: 'reading' }
  | { kind: 'ready' }
  | { kind: 'painting'; stopping: boolean }
  /** `error`: why it can't go on. What is painted can be kept. */
  | { kind: 'stopped'; error?: unknown }
  | { kind: 'finishing' }
  | { kind: 'done'; painted: PaintedFilm }
  /** What is painted is being thrown away: nobody is asked about it any more. */
  | { kind: 'discarding' }
  | { kind: 'failed'; error: unknown; fileName: string };

export interface FilmProgress {
  done: number; // 0 to 1
  frames: number;
  /** Frames a second. */
  rate: number | undefined;
  secondsLeft: number | undefined;
}

export interface Screens {
  original: HTMLCanvasElement;
  painted: HTMLCanvasElement;
}

const NOTHING: FilmProgress = { done: 0, frames: 0, rate: undefined, secondsLeft: undefined };
const PREVIEW_PIXELS = 400_000;
const REPORT_EVERY = 250; // milliseconds

export class FilmSession {
  readonly state = signal<FilmState>({ kind: 'empty' });
  readonly film = signal<Film | undefined>(undefined);
  readonly progress = signal<FilmProgress>(NOTHING);

  private painting: FilmPainting | undefined;
  private preview: FramePainter | undefined;
  private meter = new FrameMeter();
  /** Milliseconds of painting before the last stop, and when it went on. */
  private spent = 0;
  private resumed = 0;
  private reported = 0;
  private turn = 0;

  async open(file: File, screens: Screens): Promise<void> {
    // At once: what is said and done from now on is about this file.
    this.state.value = { kind: 'reading' };
    await this.clear();
    const turn = ++this.turn;
    try {
      const film = await openFilm(file);
      if (turn !== this.turn) return film.close();
      this.film.value = film;
      await film.draw(screens.original, 0, PREVIEW_PIXELS);
      if (turn === this.turn) this.state.value = { kind: 'ready' };
    } catch (error) {
      if (turn === this.turn) await this.fail(error, file.name);
    }
  }

  /** The first frame in this manner, before the film is painted. */
  async showPreview(engine: Brushwork, manner: Manner, { original, painted }: Screens): Promise<void> {
    this.preview?.end();
    const painter = new FramePainter(engine, manner, { pacing: 'every-frame', steadiness: 0 });
    this.preview = painter;
    try {
      const frame = await painter.paint(new VideoFrame(original, { timestamp: 0 }));
      if (painter === this.preview && this.state.peek().kind === 'ready') show(painted, frame, frame.displayWidth, frame.displayHeight);
      frame.close();
    } catch (error) {
      if (painter === this.preview) await this.fail(error, this.film.peek()?.file.name ?? '');
    }
  }

  private endPreview(): void {
    const { preview } = this;
    this.preview = undefined;
    preview?.end();
  }

  /** Paints the film that is open. */
  async paint(engine: Brushwork, options: { manner: Manner; maxPixels: number; steadiness: number }, screens: Screens): Promise<void> {
    const film = this.film.peek();
    if (!film) return;
    this.endPreview();
    this.begin();
    const turn = ++this.turn;
    try {
      const painting = await FilmPainting.prepare(engine, film, { ...options, onFrame: (...frame) => this.onFrame(screens, ...frame) });
      if (turn !== this.turn) return void (await painting.discard());
      this.painting = painting;
      // It may have been stopped before it began.
      const state = this.state.peek();
      if (state.kind === 'painting' && state.stopping) this.state.value = { kind: 'stopped' };
      else await this.run(painting, turn);
    } catch (error) {
      if (turn === this.turn) await this.fail(error, film.file.name);
    }
  }

  private begin(): void {
    this.state.value = { kind: 'painting', stopping: false };
    this.progress.value = NOTHING;
    this.spent = 0;
  }

  private async run(painting: FilmPainting, turn: number): Promise<void> {
    this.resumed = performance.now();
    this.meter = new FrameMeter();
    let next: FilmState | 'done' = { kind: 'stopped' };
    try {
      if ((await keepAwake(() => painting.run())) === 'done') next = 'done';
    } catch (error) {
      if (painting.frames === 0) throw error;
      next = { kind: 'stopped', error };
    }
    if (turn !== this.turn) return;
    this.spent += performance.now() - this.resumed;
    if (next === 'done') await this.finish(painting, turn);
    else this.state.value = next;
  }

  private async finish(painting: FilmPainting, turn: number): Promise<void> {
    this.state.value = { kind: 'finishing' };
    const painted = await painting.finish();
    if (turn === this.turn) this.state.value = { kind: 'done', painted };
  }

  private onFrame({ original, painted }: Screens, source: VideoFrame, frame: VideoFrame, done: number): void {
    const now = performance.now();
    const { displayWidth: width, displayHeight: height } = frame;
    this.meter.add(now, 0, width, height);
    if (!document.hidden) {
      show(painted, frame, width, height);
      show(original, source, width, height);
    }
    if (now - this.reported < REPORT_EVERY && done < 1) return;
    this.reported = now;
    const seconds = (this.spent + now - this.resumed) / 1000;
    this.progress.value = {
      done,
      frames: this.painting?.frames ?? 0,
      rate: this.meter.figures()?.rate,
      secondsLeft: secondsLeft(done, seconds),
    };
  }

  stop(): void {
    if (this.state.peek().kind !== 'painting') return;
    this.state.value = { kind: 'painting', stopping: true };
    this.painting?.stop();
  }

  async goOn(): Promise<void> {
    await this.continue((painting, turn) => {
      this.state.value = { kind: 'painting', stopping: false };
      return this.run(painting, turn);
    });
  }

  /** What was painted until it was stopped. */
  async keep(): Promise<void> {
    await this.continue((painting, turn) => this.finish(painting, turn));
  }

  private async continue(act: (painting: FilmPainting, turn: number) => Promise<void>): Promise<void> {
    const { painting, turn } = this;
    if (!painting || this.state.peek().kind !== 'stopped') return;
    try {
      await act(painting, turn);
    } catch (error) {
      if (turn === this.turn) await this.fail(error, this.film.peek()?.file.name ?? '');
    }
  }

  /** Back to the film as it was opened. False if something else was begun meanwhile. */
  async discard(screens: Screens): Promise<boolean> {
    const turn = ++this.turn;
    const film = this.film.peek();
    this.state.value = { kind: 'discarding' };
    this.progress.value = NOTHING;
    try {
      await this.giveUp();
      if (turn === this.turn) await film?.draw(screens.original, 0, PREVIEW_PIXELS);
      if (turn === this.turn) this.state.value = { kind: film ? 'ready' : 'empty' };
    } catch (error) {
      if (turn === this.turn) await this.fail(error, film?.file.name ?? '');
    }
    return turn === this.turn && this.state.peek().kind === 'ready';
  }

  private async fail(error: unknown, fileName: string): Promise<void> {
    await this.clear();
    this.state.value = { kind: 'failed', error, fileName };
  }

  private async giveUp(): Promise<void> {
    const { painting } = this;
    this.painting = undefined;
    await painting?.discard();
  }

  private async clear(): Promise<void> {
    ++this.turn;
    this.endPreview();
    await this.giveUp();
    this.film.value?.close();
    this.film.value = undefined;
    this.progress.value = NOTHING;
  }

  /** The view is left. */
  close(): void {
    void this.clear();
  }
}

function show(canvas: HTMLCanvasElement, frame: VideoFrame, width: number, height: number): void {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  (canvas.getContext('2d') as CanvasRenderingContext2D).drawImage(frame, 0, 0, width, height);
}
