/** Whether the GPU is to paint: it has to be there, to be right and, unless it was asked for, to be faster. */
import type { EngineClient } from '../engine/client.js';
import type { PaintSettings, ProgramFiles } from '../engine/protocol.js';
import { BrushworkError, toBrushworkError } from '../errors.js';
import type { PreparedStyle } from '../library.js';
import type { CreateRequest } from '../options.js';
import { findAdapter } from './adapter.js';
import { type CanaryPath, type CanaryPicture, type Verdict, tryCanary } from './canary.js';
import { loadOnnxRuntime } from './onnxruntime.js';
import { GpuPainter, type PreparedGenerator } from './painter.js';

export interface OpenedGpu {
  painter: GpuPainter;
  adapter: string;
}

export interface GpuDecision {
  /** Undefined if it is not to paint. */
  gpu: OpenedGpu | undefined;
  reason: string;
}

export interface GpuSurroundings {
  client: EngineClient;
  program: ProgramFiles;
  /** What the canary is painted in. */
  style(): Promise<PreparedStyle>;
}

const PLAIN: PaintSettings = { strength: 1, preserveColor: 0, maxPixels: Infinity, brush: 1, statistics: 'auto' };

/** With backend 'webgpu' it rejects with 'unsupported-environment' rather than to go without. */
export async function openGpu(
  { backend, onnxRuntime }: Pick<CreateRequest, 'backend' | 'onnxRuntime'>, surroundings: GpuSurroundings, signal: AbortSignal | undefined,
): Promise<GpuDecision> {
  const auto = backend === 'auto';
  let painter: GpuPainter | undefined;
  try {
    const { name, isSoftware } = await findAdapter();
    if (auto && isSoftware) return { gpu: undefined, reason: `WebGPU: ${name} is the processor itself, which the CPU path uses better` };
    const { client, program } = surroundings;
    painter = new GpuPainter(await loadOnnxRuntime(onnxRuntime), (generator) => client.exportGraph(generator, program));
    const verdict = await judge(painter, surroundings, auto, signal);
    if (!auto || (verdict.isRight && verdict.isFaster)) return { gpu: { painter, adapter: name }, reason: verdict.reason };
    painter.dispose();
    return { gpu: undefined, reason: verdict.reason };
  } catch (error) {
    painter?.dispose();
    const { code, message } = toBrushworkError(error);
    if (code === 'aborted' || code === 'disposed') throw error;
    if (auto) return { gpu: undefined, reason: `WebGPU: ${message}` };
    throw new BrushworkError('unsupported-environment', `backend: got 'webgpu', but ${message}`, { cause: error });
  }
}

async function judge(painter: GpuPainter, { client, style }: GpuSurroundings, timed: boolean, signal: AbortSignal | undefined): Promise<Verdict> {
  const prepared = await style();
  const gpu = await painter.prepare(prepared.generator);
  return tryCanary(canaryPath(client, prepared, gpu, signal), canaryPath(client, prepared, undefined, signal), timed);
}

function canaryPath(
  client: EngineClient, style: PreparedStyle, gpu: PreparedGenerator | undefined, signal: AbortSignal | undefined,
): CanaryPath {
  return async ({ data, width, height }: CanaryPicture) => {
    const image = { kind: 'pixels', bytes: data, width, height, owned: false } as const;
    const request = { ...PLAIN, ...style, image, mask: undefined, carry: undefined, tilePixels: gpu?.tilePixels };
    const painted = await client.paint(request, signal, () => undefined, gpu?.paintTile);
    if (painted.gpuFailure !== undefined) throw new BrushworkError('internal', painted.gpuFailure);
    return { data: painted.data, milliseconds: painted.timings.paint };
  };
}
