/** Whether the GPU is to paint: it has to be there, to be right and, unless it was asked for, to be faster. */
import type { EngineClient } from '../engine/client.js';
import type { PaintSettings, ProgramFiles } from '../engine/protocol.js';
import { BrushworkError } from '../errors.js';
import type { PreparedStyle } from '../library.js';
import type { CreateRequest } from '../options.js';
import type { AdapterInfo } from './adapter.js';
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

/** Rejects if the GPU can't paint. With backend 'webgpu' it paints, whatever the canary says. */
export async function openGpu(
  { backend, onnxRuntime }: Pick<CreateRequest, 'backend' | 'onnxRuntime'>, adapter: AdapterInfo, surroundings: GpuSurroundings,
  signal: AbortSignal | undefined,
): Promise<GpuDecision> {
  const { client, program } = surroundings;
  const painter = new GpuPainter(await loadOnnxRuntime(onnxRuntime), (generator) => client.exportGraph(generator, program));
  try {
    const auto = backend === 'auto';
    const verdict = await judge(painter, surroundings, auto, signal);
    if (!auto || (verdict.isRight && verdict.isFaster)) return { gpu: { painter, adapter: adapter.name }, reason: verdict.reason };
    painter.dispose();
    return { gpu: undefined, reason: verdict.reason };
  } catch (error) {
    painter.dispose();
    throw error;
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
