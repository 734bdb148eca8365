/** The program that keeps painted videos from flickering: in the host, beside the engine, and only loaded by the first frame. */
import { startProgram } from './load.js';
import type { Handle, PhotoHandle, Pixmap } from './module.js';
import type { Carry, Outcome, ProgramFiles } from './protocol.js';
import { unwrap } from './replies.js';

/** What is kept of one stream of frames: the names that wasm/video_bindings.cc registers. */
interface SteadierHandle extends Handle {
  /** An unpainted frame. Whether it continues the one before; a first frame and one after a cut do not. */
  observe(pixels: Uint8Array, width: number, height: number): Outcome<boolean>;
  /** The painting of that frame, of its size, as it is to be shown. */
  steady(pixels: Uint8ClampedArray, width: number, height: number): Outcome<Uint8Array<ArrayBuffer>>;
}

interface VideoModule {
  createSteadier(steadiness: number): Outcome<SteadierHandle>;
  memoryInUse(): number;
  memoryPeak(): number;
  /** Handles that are not deleted. */
  liveObjects(): number;
}

/** Takes the frames of one stream and their paintings, in turns. */
export interface Steadier {
  /** Whether the frame continues the one before. */
  observe(frame: PhotoHandle): boolean;
  /** What to show of its painting. */
  steady(painted: Pick<Pixmap, 'width' | 'height'> & { data: Uint8ClampedArray }): Uint8ClampedArray<ArrayBuffer>;
}

export class VideoProgram {
  private starting: Promise<VideoModule> | undefined;
  private module: VideoModule | undefined;
  private readonly streams = new Map<number, SteadierHandle>();
  /** A frame may still come after its stream has ended. */
  private readonly ended = new Set<number>();

  /** For the next frame of a stream. Undefined if its frames are to stay as they are painted. */
  async steadier({ stream, steadiness, program }: Carry): Promise<Steadier | undefined> {
    if (steadiness === 0 || this.ended.has(stream)) return undefined;
    const handle = this.streams.get(stream) ?? unwrap((await this.started(program)).createSteadier(steadiness));
    this.streams.set(stream, handle);
    return {
      observe: (frame) => this.guard(() => {
        const { width, height } = frame;
        return unwrap(handle.observe(unwrap(frame.rows({ begin: 0, end: height })), width, height));
      }),
      steady: ({ data, width, height }) => this.guard(() => {
        return new Uint8ClampedArray(unwrap(handle.steady(data, width, height)).buffer);
      }),
    };
  }

  /** Frees what is kept of it. */
  end(stream: number): void {
    this.ended.add(stream);
    this.streams.get(stream)?.delete();
    this.streams.delete(stream);
  }

  /** Of this program. */
  get numbers(): { current: number; peak: number; objects: number } {
    const { module } = this;
    if (!module) return { current: 0, peak: 0, objects: 0 };
    return { current: module.memoryInUse(), peak: module.memoryPeak(), objects: module.liveObjects() };
  }

  close(): void {
    for (const stream of [...this.streams.keys()]) this.end(stream);
  }

  private async started(program: ProgramFiles): Promise<VideoModule> {
    this.starting ??= startProgram<VideoModule>(program);
    try {
      this.module = await this.starting;
    } catch (error) {
      this.starting = undefined;
      throw error;
    }
    return this.module;
  }

  /** A trap leaves the module in an unknown state: the next frame starts a fresh one. */
  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        this.starting = this.module = undefined;
        this.streams.clear();
      }
      throw error;
    }
  }
}
