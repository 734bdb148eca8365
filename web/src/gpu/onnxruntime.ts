/** ONNX Runtime Web, as far as it is used here. It is loaded when a GPU asks for it, never before. */
import { BrushworkError, messageOf } from '../errors.js';

export interface OrtTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
  dispose(): void;
}

export interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

export interface SessionOptions {
  executionProviders: readonly { name: 'webgpu'; preferredLayout: 'NHWC' }[];
}

/** See onnxruntime.ai/docs/api/js: `import * as ort from 'onnxruntime-web/webgpu'`. */
export interface OnnxRuntime {
  InferenceSession: { create(model: Uint8Array, options: SessionOptions): Promise<OrtSession> };
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  env: {
    wasm: { numThreads?: number };
    webgpu: { device?: GpuDevice | Promise<GpuDevice> };
  };
}

/** Of WebGPU's GPUDevice, as far as it is used here. */
export interface GpuDevice {
  readonly limits: { readonly maxStorageBufferBindingSize: number };
  readonly lost: Promise<{ message: string }>;
}

export type OnnxRuntimeSource = string | (() => Promise<unknown>) | undefined;

/** From where the caller says, else from the optional peer dependency. Rejects with 'unsupported-environment' if it is not to be had. */
export async function loadOnnxRuntime(source: OnnxRuntimeSource): Promise<OnnxRuntime> {
  const module = await (typeof source === 'string' ? importUrl(source) : importBy(source ?? importPeer));
  const runtime = findRuntime(module);
  if (!runtime) throw new BrushworkError('unsupported-environment', 'what was loaded as ONNX Runtime Web is something else');
  // The CPU part of it only prepares; threads of its own would compete with the engine's.
  runtime.env.wasm.numThreads = 1;
  return runtime;
}

async function importUrl(url: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ url);
  } catch (error) {
    throw new BrushworkError('unsupported-environment', `ONNX Runtime Web: ${url}: ${messageOf(error)}`, { cause: error });
  }
}

async function importBy(load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (error) {
    throw new BrushworkError('unsupported-environment', `ONNX Runtime Web (onnxruntime-web) is not installed: ${messageOf(error)}`, { cause: error });
  }
}

async function importPeer(): Promise<unknown> {
  // Directly inside of `try`: so bundlers know that it may be missing, and only warn.
  try {
    return await import('onnxruntime-web/webgpu');
  } catch (error) {
    throw error instanceof Error ? error : new Error(String(error));
  }
}

/** Bundlers wrap modules in several ways. */
function findRuntime(module: unknown): OnnxRuntime | undefined {
  const candidates = [module, (module as { default?: unknown } | undefined)?.default];
  return candidates.find((candidate): candidate is OnnxRuntime => {
    const { InferenceSession, Tensor, env } = (candidate ?? {}) as Partial<OnnxRuntime>;
    return typeof InferenceSession?.create === 'function' && typeof Tensor === 'function' && typeof env?.wasm === 'object';
  });
}
