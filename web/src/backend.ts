/** What paints: the CPU, and beside it a GPU for as long as it can. */
import { BrushworkError, disposedDuringCall, messageOf, toBrushworkError } from './errors.js';
import { type AdapterInfo, findAdapter } from './gpu/adapter.js';
import type { GpuSurroundings, OpenedGpu } from './gpu/open.js';
import type { PreparedGenerator } from './gpu/painter.js';
import type { CreateRequest } from './options.js';
import type { BackendInfo } from './types.js';

/** Begins to look for a GPU, so that nobody waits for it later. Undefined if none is wanted. */
export function seekAdapter({ backend }: Pick<CreateRequest, 'backend'>): Promise<AdapterInfo> | undefined {
  if (backend === 'wasm') return undefined;
  const adapter = findAdapter();
  adapter.catch(() => undefined); // whoever awaits it is told
  return adapter;
}

export class Backend {
  private gpu: OpenedGpu | undefined;
  private disposed = false;

  /** `current`: of the CPU path. */
  constructor(private current: BackendInfo) {}

  get info(): BackendInfo {
    return this.current;
  }

  /** Takes the GPU if it is asked for, or better. `adapter`: of seekAdapter. Only if there is a real one is anything of it loaded. */
  async openGpu(
    request: CreateRequest, adapter: Promise<AdapterInfo> | undefined, surroundings: GpuSurroundings, signal: AbortSignal | undefined,
  ): Promise<void> {
    if (!adapter) return;
    const auto = request.backend === 'auto';
    try {
      const info = await adapter;
      if (auto && info.isSoftware) return this.note(`WebGPU: ${info.name} is the processor itself, which the CPU path uses better`);
      const { openGpu } = await import('./gpu/open.js');
      const { gpu, reason } = await openGpu(request, info, surroundings, signal);
      this.note(reason);
      this.gpu = gpu;
      if (gpu) this.current = { ...this.current, kind: 'webgpu', adapter: gpu.adapter };
    } catch (error) {
      const { code, message } = toBrushworkError(error);
      if (code === 'aborted' || code === 'disposed') throw error;
      if (!auto) throw new BrushworkError('unsupported-environment', `backend: got 'webgpu', but ${message}`, { cause: error });
      this.note(`WebGPU: ${message}`);
    }
  }

  /** Undefined if the CPU is to paint it. */
  async gpuFor(generator: number): Promise<PreparedGenerator | undefined> {
    try {
      return await this.gpu?.painter.prepare(generator);
    } catch (error) {
      if (this.disposed) throw disposedDuringCall();
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
