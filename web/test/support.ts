import type { Features } from '../src/features.js';

/** A desktop browser with everything. */
export const everything: Features = {
  wasm: true, simd: true, relaxedSimd: true, isolated: true, cores: 6, server: false, worker: true, webgpu: true,
};

/** The rejection or exception of a call that has to fail. */
export async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
