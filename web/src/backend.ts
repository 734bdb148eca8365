/** What paints: the CPU, and beside it a GPU for as long as it can. */
import { BrushworkError, messageOf } from './errors.js';
import { detectFeatures } from './features.js';
import type { GpuSurroundings, OpenedGpu } from './gpu/open.js';
import type { PreparedGenerator } from './gpu/painter.js';
import type { CreateRequest } from './options.js';
import type { BackendInfo } from './types.js';

export class Backend {
  private gpu: OpenedGpu | undefined;
  private disposed = false;

  /** `current`: of the CPU path. */
  constructor(private current: BackendInfo) {}

  get info(): BackendInfo {
    return this.current;
  }

  /** Takes the GPU if it is asked for, or better. Only then is anything of it loaded. */
  async openGpu(request: CreateRequest, surroundings: GpuSurroundings, signal: AbortSignal | undefined): Promise<void> {
    if (request.backend === 'wasm') return;
    if (request.backend === 'auto' && !detectFeatures().webgpu) {
      this.note('WebGPU: this environment has none');
      return;
    }
    const { openGpu } = await import('./gpu/open.js');
    const { gpu, reason } = await openGpu(request, surroundings, signal);
    this.note(reason);
    this.gpu = gpu;
    if (gpu) this.current = { ...this.current, kind: 'webgpu', adapter: gpu.adapter };
  }

  /** Undefined if the CPU is to paint it. */
  async gpuFor(generator: number): Promise<PreparedGenerator | undefined> {
    try {
      return await this.gpu?.painter.prepare(generator);
    } catch (error) {
      if (this.disposed) throw new BrushworkError('disposed', 'the engine was disposed of during the call');
      this.note(`WebGPU: a model is painted by the CPU: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The GPU has failed: from now on the CPU paints. */
  giveUpGpu(why: string): void {
    if (!this.gpu) return;
    this.gpu.painter.dispose();
    this.gpu = undefined;
    const { adapter: _, ...info } = this.current;
    this.current = { ...info, kind: 'wasm' };
    this.note(`WebGPU: given up: ${why}`);
  }

  dispose(): void {
    this.disposed = true;
    this.gpu?.painter.dispose();
    this.gpu = undefined;
  }

  private note(reason: string): void {
    const { reasons } = this.current;
    if (!reasons.includes(reason)) this.current = { ...this.current, reasons: [...reasons, reason] };
  }
}
