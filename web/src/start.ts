/** Starting an engine, as well as this environment lets it. */
import type { Assets } from './assets.js';
import { forgetStrangers } from './cache.js';
import { EngineClient } from './engine/client.js';
import { WorkerFailure } from './engine/failures.js';
import { BrushworkError } from './errors.js';
import { type BackendChoice, type Features, VARIANTS, chooseBackend, detectFeatures } from './features.js';
import type { CreateRequest } from './options.js';
import type { StageProgress } from './progress.js';
import type { BackendInfo } from './types.js';

export interface Started {
  client: EngineClient;
  info: BackendInfo;
  /** Milliseconds. */
  compile: number;
}

/** What does not start is left out, and the reason kept: relaxed SIMD, then threads, then the worker. */
export async function startEngine(
  request: CreateRequest, assets: Assets, signal: AbortSignal | undefined, report: StageProgress,
): Promise<Started> {
  if (request.cache) void forgetStrangers(assets.hashes());
  let features = detectFeatures();
  for (;;) {
    const choice = chooseBackend(features, request);
    try {
      return await startChoice(choice, assets, request, signal, report);
    } catch (error) {
      const refused = refusedBy(error, choice, request);
      if (!refused) throw error;
      features = { ...features, refused: { ...features.refused, ...refused } };
    }
  }
}

async function startChoice(
  { name, host, info }: BackendChoice, assets: Assets, { bandRows, profile, cache }: CreateRequest, signal: AbortSignal | undefined,
  report: StageProgress,
): Promise<Started> {
  const { threaded } = VARIANTS[name];
  const client = await EngineClient.open(host, threaded ? 0 : info.threads - 1, assets.worker());
  try {
    const request = { ...assets.engine(name), threads: threaded ? info.threads : 1, threaded, bandRows, profile, cache };
    const { compile } = await client.start(request, signal, report);
    return { client, info, compile };
  } catch (error) {
    client.dispose();
    throw error;
  }
}

/** What to do without, if that may help. Nothing that was asked for by name. */
export function refusedBy(error: unknown, choice: BackendChoice, request: CreateRequest): Features['refused'] | undefined {
  if (!(error instanceof BrushworkError)) return undefined;
  const { variant, parallelism } = choice.info;
  if (error instanceof WorkerFailure) return request.host === 'worker' ? undefined : { worker: error.message };
  if (error.code === 'unsupported-environment' && variant === 'relaxed-simd' && request.variant === 'auto') {
    return { relaxedSimd: error.message };
  }
  // Devices may refuse shared memory, or more workers.
  const aboutThreads = error.code === 'internal' || error.code === 'out-of-memory';
  return aboutThreads && parallelism === 'threads' ? { threads: error.message } : undefined;
}
