/** Painting tiles on the GPU, by ONNX Runtime Web. */
import type { ExportedGraph, PaintTile, Tile } from '../engine/protocol.js';
import { Turns } from '../engine/turns.js';
import { BrushworkError } from '../errors.js';
import type { GpuDevice, OnnxRuntime, OrtSession } from './onnxruntime.js';

/** Larger tiles gain nothing; the GPU is busy with less. */
const MAX_TILE_PIXELS = 4 << 20;
/** What every WebGPU device binds at least, if this one does not say. */
const DEFAULT_BINDING_BYTES = 128 << 20;

export interface PreparedGenerator {
  paintTile: PaintTile;
  /** Pixels of a tile, at most. */
  tilePixels: number;
}

/** ONNX Runtime Web runs one call at a time, whoever made it. */
const turns = new Turns();

export class GpuPainter {
  private readonly generators = new Map<number, Promise<PreparedGenerator>>();
  private readonly sessions: OrtSession[] = [];
  private device: GpuDevice | undefined;
  private ended = false;
  private fail: (error: BrushworkError) => void = () => undefined;
  /** Rejects when nothing can be painted any more. */
  private readonly end: Promise<never>;

  /** `exportGraph`: of a generator that the engine has loaded. */
  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly exportGraph: (generator: number) => Promise<ExportedGraph>,
  ) {
    this.end = new Promise((_, reject) => {
      this.fail = (error) => {
        this.ended = true;
        reject(error);
      };
    });
    this.end.catch(() => undefined);
  }

  /** Once for each generator; rejects if the GPU can't paint it. */
  prepare(generator: number): Promise<PreparedGenerator> {
    const prepared = this.generators.get(generator) ?? this.open(generator);
    this.generators.set(generator, prepared);
    return prepared;
  }

  dispose(): void {
    this.fail(new BrushworkError('disposed', 'the engine was disposed of'));
    for (const session of this.sessions.splice(0)) void turns.take(() => session.release()).catch(() => undefined);
  }

  private async open(generator: number): Promise<PreparedGenerator> {
    const { onnx, coefficients, bytesPerPixel } = await this.exportGraph(generator);
    const { InferenceSession } = this.runtime;
    const providers = [{ name: 'webgpu', preferredLayout: 'NHWC' }] as const;
    const session = await this.take(() => InferenceSession.create(onnx, { executionProviders: providers }));
    this.sessions.push(session);
    await this.watchDevice();
    const binding = this.device?.limits.maxStorageBufferBindingSize ?? DEFAULT_BINDING_BYTES;
    const tilePixels = Math.min(MAX_TILE_PIXELS, Math.floor(binding / bytesPerPixel));
    const paintTile: PaintTile = (tile, values) => this.take(() => this.run(session, tile, values, coefficients));
    return { paintTile, tilePixels };
  }

  /** There is a device once there is a session. */
  private async watchDevice(): Promise<void> {
    this.device ??= await this.runtime.env.webgpu.device;
    void this.device?.lost.then(({ message }) => this.fail(new BrushworkError('internal', `the GPU was lost: ${message || 'no reason given'}`)));
  }

  private async run(
    session: OrtSession, { data, height, width }: Tile, values: Float32Array, count: number,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { Tensor } = this.runtime;
    const feeds = {
      picture: new Tensor('float32', data, [1, 3, height, width]),
      ...(count > 0 && { coefficients: new Tensor('float32', values, [1, count, 1, 1]) }),
    };
    const { painting } = await session.run(feeds);
    if (!(painting?.data instanceof Float32Array)) throw new BrushworkError('internal', 'the GPU painted nothing');
    const painted = painting.data.slice(); // ours, to be handed on
    painting.dispose();
    return painted;
  }

  /** In turn. A call that a lost device never answers keeps nobody waiting. */
  private take<T>(work: () => Promise<T>): Promise<T> {
    const untilEnd = (): Promise<T> => Promise.race([this.ended ? this.end : work(), this.end]);
    return Promise.race([turns.take(untilEnd), this.end]);
  }
}
