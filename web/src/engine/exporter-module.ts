/** The names that wasm/exporter_bindings.cc registers, as TypeScript sees them. */
import type { ExportedGraph, Outcome } from './protocol.js';

export interface ExporterModule {
  exportGraph(onnx: Uint8Array): Outcome<ExportedGraph>;
}
