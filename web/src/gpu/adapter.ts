/** Whether there is a GPU to be had. */
import { BrushworkError, messageOf } from '../errors.js';

/** Of WebGPU's GPUAdapter, as far as it is used here. */
interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { vendor?: string; architecture?: string; device?: string; description?: string; isFallbackAdapter?: boolean };
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

export interface AdapterInfo {
  /** As the browser describes it. */
  name: string;
  /** Computed by the processor. */
  isSoftware: boolean;
}

/** Rejects with 'unsupported-environment', saying why, if there is none. */
export async function findAdapter(): Promise<AdapterInfo> {
  const gpu = (globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu;
  if (!gpu) throw new BrushworkError('unsupported-environment', 'this environment has no WebGPU');
  let adapter: Adapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    throw new BrushworkError('unsupported-environment', `no adapter: ${messageOf(error)}`, { cause: error });
  }
  if (!adapter) throw new BrushworkError('unsupported-environment', 'the browser offers no adapter');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ') || 'unnamed';
  return { name, isSoftware: Boolean(isFallbackAdapter || adapter.isFallbackAdapter) || /swiftshader|llvmpipe|basic render/i.test(name) };
}
