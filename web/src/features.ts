/** What this engine runs, and which of the four builds is the right one for it. */
import { BrushworkError } from './errors.js';
import type { BackendInfo } from './types.js';

export type VariantName = 'simd' | 'simd-threads' | 'relaxed' | 'relaxed-threads';

/** The one table of variants. */
export const VARIANTS: Record<VariantName, { variant: BackendInfo['variant']; threaded: boolean }> = {
  simd: { variant: 'simd', threaded: false },
  'simd-threads': { variant: 'simd', threaded: true },
  relaxed: { variant: 'relaxed-simd', threaded: false },
  'relaxed-threads': { variant: 'relaxed-simd', threaded: true },
};

export interface Features {
  wasm: boolean;
  /** SIMD128 and exceptions, which every variant needs. */
  simd: boolean;
  relaxedSimd: boolean;
  /** Shared memory may be sent to workers. */
  isolated: boolean;
  cores: number;
  /** Node, Deno, Bun: threads there would keep the process alive. */
  server: boolean;
  worker: boolean;
  webgpu: boolean;
  /** What should be there and did not start, and what it said. */
  refused?: { relaxedSimd?: string; threads?: string; worker?: string };
}

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
// (func (result v128) (i8x16.popcnt (i8x16.splat (i32.const 0))))
const SIMD_PROBE = [...HEADER, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 10, 1, 8, 0, 0x41, 0, 0xfd, 15, 0xfd, 98, 11];
// (func try drop … end): exceptions as Emscripten's -fwasm-exceptions writes them
const EXCEPTIONS_PROBE = [...HEADER, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 0x40, 0x19, 11, 11];
// (func (result v128) (i16x8.relaxed_dot_i8x16_i7x16_s (i8x16.splat (i32.const 1)) (i8x16.splat (i32.const 2)))), opcode 0x112
const RELAXED_PROBE = [
  ...HEADER, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 15, 1, 13, 0, 0x41, 1, 0xfd, 15, 0x41, 2, 0xfd, 15, 0xfd, 0x92, 2, 11,
];

export const PROBES = { simd: SIMD_PROBE, exceptions: EXCEPTIONS_PROBE, relaxedSimd: RELAXED_PROBE };

function validates(probe: number[]): boolean {
  try {
    return WebAssembly.validate(new Uint8Array(probe));
  } catch {
    return false;
  }
}

/** Asks the engine this runs in. */
export function detectFeatures(): Features {
  const scope = globalThis as { process?: { versions?: { node?: string } } };
  const wasm = typeof WebAssembly === 'object';
  return {
    wasm,
    simd: wasm && validates(SIMD_PROBE) && validates(EXCEPTIONS_PROBE),
    relaxedSimd: wasm && validates(RELAXED_PROBE),
    isolated: typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated === true,
    cores: globalThis.navigator?.hardwareConcurrency ?? 1,
    server: typeof scope.process?.versions?.node === 'string',
    worker: typeof Worker === 'function',
    webgpu: (globalThis.navigator as { gpu?: object } | undefined)?.gpu !== undefined,
  };
}

export interface BackendRequest {
  backend: 'auto' | 'wasm' | 'webgpu';
  variant: 'auto' | 'simd' | 'relaxed-simd';
  threads: number | undefined;
  host: 'worker' | 'inline' | undefined;
}

export interface BackendChoice {
  name: VariantName;
  host: 'worker' | 'inline';
  info: BackendInfo;
}

/** Chooses the variant, the number of threads and the host, with a reason for each. Throws 'unsupported-environment' if none fits. */
export function chooseBackend(features: Features, request: BackendRequest): BackendChoice {
  const reasons: string[] = [];
  if (request.backend === 'webgpu' && !features.webgpu) {
    throw new BrushworkError('unsupported-environment', "backend: got 'webgpu', but this environment has none; use 'auto' or 'wasm'");
  }
  if (!features.wasm) throw new BrushworkError('unsupported-environment', 'WebAssembly is missing or switched off in this browser');
  if (!features.simd) {
    throw new BrushworkError(
      'unsupported-environment',
      'WebAssembly SIMD or exception handling is missing; needed: Chrome or Edge 95, Firefox 100, Safari 16.4, Node 22, or newer',
    );
  }
  const relaxed = chooseRelaxed(features, request.variant, reasons);
  const host = chooseHost(features, request.host, reasons);
  const { threads, parallelism } = chooseParallelism(features, request.threads, host, reasons);
  const name: VariantName = `${relaxed ? 'relaxed' : 'simd'}${parallelism === 'threads' ? '-threads' : ''}`;
  return { name, host, info: { kind: 'wasm', variant: VARIANTS[name].variant, threads, parallelism, reasons } };
}

function chooseRelaxed(features: Features, wanted: BackendRequest['variant'], reasons: string[]): boolean {
  if (wanted === 'simd') {
    reasons.push('SIMD: asked for');
    return false;
  }
  if (features.refused?.relaxedSimd !== undefined) {
    reasons.push(`SIMD: relaxed SIMD did not start: ${features.refused.relaxedSimd}`);
    return false;
  }
  if (features.relaxedSimd) {
    reasons.push(wanted === 'auto' ? 'relaxed SIMD: this engine has it' : 'relaxed SIMD: asked for');
    return true;
  }
  if (wanted === 'relaxed-simd') {
    throw new BrushworkError('unsupported-environment', "variant: got 'relaxed-simd', which this engine does not have; use 'auto' or 'simd'");
  }
  reasons.push('SIMD: this engine has no relaxed SIMD');
  return false;
}

function chooseHost(features: Features, wanted: BackendRequest['host'], reasons: string[]): 'worker' | 'inline' {
  if (wanted === 'worker' && (!features.worker || features.server)) {
    throw new BrushworkError('unsupported-environment', "host: got 'worker', but there are no web workers here; use 'inline'");
  }
  if (wanted) return wanted;
  if (features.refused?.worker !== undefined) {
    reasons.push(`in the calling thread: ${features.refused.worker}`);
    return 'inline';
  }
  if (features.worker && !features.server) return 'worker';
  reasons.push('in the calling thread: there are no web workers here');
  return 'inline';
}

type Parallelism = Pick<BackendInfo, 'threads' | 'parallelism'>;

function chooseParallelism(
  features: Features, wanted: number | undefined, host: 'worker' | 'inline', reasons: string[],
): Parallelism {
  const one = (why: string): Parallelism => {
    reasons.push(`one thread: ${why}`);
    return { threads: 1, parallelism: 'none' };
  };
  if (wanted === 1) return one('asked for');
  if (features.server) return one('outside of browsers');
  if (host === 'inline' && typeof document === 'object') return one("the page's own thread may not wait for others; use host 'worker'");
  if (host === 'inline' && !features.isolated) return one(`${NOT_ISOLATED}, and only the page can start further workers; use host 'worker'`);
  const threads = wanted ?? Math.min(features.cores, MAX_DEFAULT_THREADS);
  if (threads <= 1) return one('the machine has one core');
  const why = wanted ? 'asked for' : `the machine has ${features.cores} cores`;
  const refused = features.refused?.threads;
  if (features.isolated && refused === undefined) {
    reasons.push(`${threads} threads: ${why}`);
    return { threads, parallelism: 'threads' };
  }
  if (host === 'inline') return one(`${threads} threads did not start: ${refused}`);
  reasons.push(`no threads: ${refused === undefined ? NOT_ISOLATED : `${threads} did not start: ${refused}`}`);
  reasons.push(`${threads} workers: ${why}; each paints some rows, and pictures with exact statistics are one worker's`);
  return { threads, parallelism: 'workers' };
}

const NOT_ISOLATED = 'the page is not cross-origin isolated (COOP and COEP headers), so memory cannot be shared';

/** More hardly help, since memory bandwidth is shared. */
const MAX_DEFAULT_THREADS = 8;
