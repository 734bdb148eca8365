// Reading, changing and writing ONNX files: what quantize.mjs needs of it.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(readFileSync(fileURLToPath(new URL('onnx.proto', import.meta.url)), 'utf8'));
const ModelProto = root.lookupType('ModelProto');

/** ONNX's numbers for datatypes, and how raw data of them is read. */
export const TYPES = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 };
const ARRAYS = { 1: Float32Array, 2: Uint8Array, 3: Int8Array, 6: Int32Array, 7: BigInt64Array };

export const readModel = (bytes) => ModelProto.decode(bytes);
export const writeModel = (model) => ModelProto.encode(model).finish();
export const copyModel = (model) => readModel(writeModel(model));

export const dimsOf = (tensor) => tensor.dims.map(Number);

/** A tensor's values as a typed array. */
export function valuesOf(tensor) {
  const Values = ARRAYS[tensor.dataType];
  if (!Values) throw new Error(`${tensor.name}: datatype ${tensor.dataType} is not one that generators use`);
  // Copied: a file's bytes are not aligned.
  if (tensor.rawData?.length) return new Values(Uint8Array.from(tensor.rawData).buffer);
  if (tensor.dataType === TYPES.int64) return BigInt64Array.from(tensor.int64Data, (value) => BigInt(value.toString()));
  return Values.from(tensor.dataType === TYPES.float ? tensor.floatData : tensor.int32Data);
}

export function makeTensor(name, type, dims, values) {
  const array = ARRAYS[TYPES[type]].from(values);
  return { name, dataType: TYPES[type], dims, rawData: new Uint8Array(array.buffer, 0, array.byteLength) };
}

export const initializersOf = ({ graph }) => new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));

export function makeNode(opType, input, output, attributes = {}) {
  const attribute = Object.entries(attributes).map(([name, i]) => ({ name, i, type: 2 }));
  return { opType, name: output, input, output: [output], attribute };
}

/** The value of an integer attribute. */
export function integerOf(node, name, fallback) {
  const attribute = node.attribute.find((candidate) => candidate.name === name);
  return attribute ? Number(attribute.i) : fallback;
}

/** The same model with further outputs: activations that somebody wants to see. */
export function withOutputs(model, names) {
  const copy = copyModel(model);
  const known = new Set(copy.graph.output.map(({ name }) => name));
  for (const name of names) {
    if (!known.has(name)) copy.graph.output.push({ name, type: { tensorType: { elemType: TYPES.float } } });
  }
  return copy;
}
