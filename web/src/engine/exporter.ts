/** Makes the graph that ONNX Runtime runs: by a small module of its own, which only a GPU asks for. */
import { compileModule, importFactory, startModule } from './load.js';
import type { ExporterModule } from './exporter-module.js';
import type { ExportedGraph } from './protocol.js';
import { unwrap } from './replies.js';

/** `glue`, `wasm`: absolute URLs of brushwork-gpu.mjs and .wasm. */
export async function exportGraph({ glue, wasm }: { glue: string; wasm: string }, onnx: Uint8Array): Promise<ExportedGraph> {
  const [compiled, factory] = await Promise.all([
    compileModule({ url: wasm, sha256: undefined }, false, () => undefined),
    importFactory<ExporterModule>(glue),
  ]);
  const module = await startModule(wasm, [], compiled, factory, () => undefined);
  return unwrap(module.exportGraph(onnx));
}
