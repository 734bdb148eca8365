/** The program that makes graphs and tiles for a GPU: in the host, beside the engine, and only loaded when a GPU asks for it. */
import type { GpuGeneratorHandle, GpuModule } from '../gpu/module.js';
import { startProgram } from './load.js';
import type { ExportedGraph, ModelFile, ProgramFiles } from './protocol.js';
import { unwrap } from './replies.js';

export class GpuProgram {
  private module: Promise<GpuModule> | undefined;
  private started: GpuModule | undefined;
  private readonly generators = new Map<number, GpuGeneratorHandle>();

  /** Reads a generator in place of what was known by this number. */
  async load(generator: number, { onnx, options }: ModelFile, files: ProgramFiles): Promise<ExportedGraph> {
    this.module ??= startProgram<GpuModule>(files);
    const module = await this.module.catch((error: unknown) => {
      this.module = undefined;
      throw error;
    });
    this.started = module;
    const handle = unwrap(module.loadGpuGenerator(onnx, options));
    this.generators.get(generator)?.delete();
    this.generators.set(generator, handle);
    return { onnx: unwrap(handle.takeModel()), coefficients: handle.coefficientCount, bytesPerPixel: handle.bytesPerPixel };
  }

  generator(generator: number): GpuGeneratorHandle | undefined {
    return this.generators.get(generator);
  }

  /** Handles in JavaScript. */
  get objects(): number {
    return this.started?.liveObjects() ?? 0;
  }

  close(): void {
    for (const handle of this.generators.values()) handle.delete();
    this.generators.clear();
  }
}
