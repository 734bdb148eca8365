// Two versions of a generator, so that ONNX Runtime is compared at its best: a QDQ int8 one of a float file, and a float
// one of a QDQ file. ONNX Runtime's own quantization tool is a Python package that is not on every machine; this does
// what its static quantization does by default: weights int8, symmetric, one scale per output channel; activations 8 bit,
// one scale and zero point per tensor, from the smallest and largest value that calibration pictures give.
import { TYPES, copyModel, dimsOf, initializersOf, integerOf, makeNode, makeTensor, valuesOf } from './onnx.mjs';

/** Float weights of int8 ones: (q - zero point) * scale, along one axis. */
function dequantize(tensor, scales, zeroPoints, axis, name) {
  const dims = dimsOf(tensor);
  const values = valuesOf(tensor);
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const perChannel = scales.length > 1;
  const floats = Float32Array.from(values, (q, index) => {
    const channel = perChannel ? Math.floor(index / inner) % dims[axis] : 0;
    return (q - (zeroPoints?.[channel] ?? 0)) * scales[channel];
  });
  return makeTensor(name, 'float', dims, floats);
}

/** Lets everyone who read `from` read `to`. */
function rewire(graph, from, to) {
  for (const node of graph.node) node.input = node.input.map((name) => (name === from ? to : name));
}

/** The model without its quantizers: weights dequantized. What clamps a graph's output stays, as a Clip. */
export function floatTwin(original) {
  const model = copyModel(original);
  const { graph } = model;
  const constants = initializersOf(model);
  const producers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node])));
  const outputs = new Set(graph.output.map(({ name }) => name));
  const removed = new Set();
  for (const node of graph.node) {
    if (node.opType !== 'DequantizeLinear') continue;
    const [input, scale, zeroPoint] = node.input;
    const [output] = node.output;
    const scales = valuesOf(constants.get(scale));
    const zeroPoints = zeroPoint ? valuesOf(constants.get(zeroPoint)) : undefined;
    removed.add(node);
    if (constants.has(input)) {
      graph.initializer.push(dequantize(constants.get(input), scales, zeroPoints, integerOf(node, 'axis', 1), output));
      continue;
    }
    const quantizer = producers.get(input);
    if (quantizer?.opType !== 'QuantizeLinear') throw new Error(`${output}: a DequantizeLinear without its QuantizeLinear`);
    removed.add(quantizer);
    if (!outputs.has(output)) {
      rewire(graph, output, quantizer.input[0]);
      continue;
    }
    const signed = zeroPoint && constants.get(zeroPoint).dataType === TYPES.int8;
    const limits = (signed ? [-128, 127] : [0, 255]).map((q) => (q - (zeroPoints?.[0] ?? 0)) * scales[0]);
    const names = limits.map((limit, index) => {
      const name = `${output}/limit${index}`;
      graph.initializer.push(makeTensor(name, 'float', [], [limit]));
      return name;
    });
    graph.node.push(makeNode('Clip', [quantizer.input[0], ...names], output));
  }
  graph.node = graph.node.filter((node) => !removed.has(node));
  // Several DequantizeLinear in a row need the rewiring of the ones before: names that are gone have no reader now.
  const used = new Set(graph.node.flatMap(({ input }) => input));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  return model;
}

const readsActivations = (node, constants) => node.input.filter((name) => name && !constants.has(name));

/**
 * Whether ONNX Runtime has an int8 kernel for it, or moves its data without arithmetic. Transposed convolution and instance
 * normalization run in float there, and quantizers around them would only cost time.
 */
function runsInInt8(node, constants) {
  switch (node.opType) {
    case 'Conv':
      return constants.has(node.input[1]);
    case 'Add':
      return readsActivations(node, constants).length === 2;
    case 'Slice':
    case 'Pad':
      return true;
    default:
      return false;
  }
}

/** The activations that get a quantizer, and so need a range: what int8 nodes read and write. */
export function activationsToQuantize(model) {
  const constants = initializersOf(model);
  const outputs = new Set(model.graph.output.map(({ name }) => name));
  const names = new Set();
  for (const node of model.graph.node) {
    if (!runsInInt8(node, constants)) continue;
    for (const name of [...readsActivations(node, constants), ...node.output]) if (!outputs.has(name)) names.add(name);
  }
  return [...names];
}

/** Scale and zero point of a range; zero is always exact, since padding writes it. */
export function activationQuantization([low, high], type) {
  const [smallest, largest] = type === 'int8' ? [-128, 127] : [0, 255];
  const from = Math.min(low, 0);
  const to = Math.max(high, 0);
  const scale = Math.fround(to > from ? (to - from) / 255 : 1);
  return { scale, zeroPoint: Math.min(largest, Math.max(smallest, Math.round(smallest - from / scale))) };
}

/** Symmetric int8 weights with one scale for each of the first axis' slices. */
export function quantizeWeights(values, channels) {
  const size = values.length / channels;
  const scales = new Float32Array(channels);
  const quantized = new Int8Array(values.length);
  for (let channel = 0; channel < channels; ++channel) {
    const slice = values.subarray(channel * size, (channel + 1) * size);
    scales[channel] = slice.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127 || 1;
    slice.forEach((value, index) => {
      quantized[channel * size + index] = Math.max(-127, Math.min(127, Math.round(value / scales[channel])));
    });
  }
  return { quantized, scales };
}

/** The QDQ version of a float model. `ranges`: activation to [smallest, largest]. `type`: 'int8' or 'uint8' activations. */
export function quantizeModel(original, ranges, type) {
  const model = copyModel(original);
  const { graph } = model;
  const constants = initializersOf(model);
  const scales = new Map();
  const pairs = new Map();
  const add = (name, dataType, dims, values) => {
    graph.initializer.push(makeTensor(name, dataType, dims, values));
    return name;
  };
  for (const name of activationsToQuantize(original)) {
    const { scale, zeroPoint } = activationQuantization(ranges[name], type);
    scales.set(name, scale);
    const parameters = [add(`${name}/scale`, 'float', [], [scale]), add(`${name}/zero_point`, type, [], [zeroPoint])];
    rewire(graph, name, `${name}/dq`);
    pairs.set(name, [
      makeNode('QuantizeLinear', [name, ...parameters], `${name}/q`),
      makeNode('DequantizeLinear', [`${name}/q`, ...parameters], `${name}/dq`),
    ]);
  }
  const nodes = graph.input.flatMap(({ name }) => pairs.get(name) ?? []);
  for (const node of graph.node) {
    if (node.opType === 'Conv' && runsInInt8(node, constants)) nodes.push(...quantizeFilter(node, constants, scales, add));
    nodes.push(node, ...node.output.flatMap((name) => pairs.get(name) ?? []));
  }
  graph.node = nodes;
  const used = new Set(nodes.flatMap(({ input }) => input));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
  return model;
}

/** Gives a convolution an int8 filter and an int32 bias; returns the nodes that dequantize them. */
function quantizeFilter(node, constants, scales, add) {
  const [input, weightName, biasName] = node.input;
  const weight = constants.get(weightName);
  const dims = dimsOf(weight);
  const { quantized, scales: weightScales } = quantizeWeights(valuesOf(weight), dims[0]);
  const prefix = node.output[0];
  const nodes = [];
  const dequantized = (name, dataType, shape, values, scale) => {
    const parameters = [
      add(`${name}/q`, dataType, shape, values),
      add(`${name}/scale`, 'float', [dims[0]], scale),
      add(`${name}/zero_point`, dataType, [dims[0]], new Array(dims[0]).fill(0)),
    ];
    nodes.push(makeNode('DequantizeLinear', parameters, name, { axis: 0 }));
    return name;
  };
  node.input = [input, dequantized(`${prefix}/weight`, 'int8', dims, quantized, weightScales)];
  if (biasName) {
    const inputScale = scales.get(input.replace(/\/dq$/, ''));
    const biasScales = weightScales.map((scale) => scale * inputScale);
    const bias = valuesOf(constants.get(biasName)).map((value, channel) => Math.round(value / biasScales[channel]));
    node.input.push(dequantized(`${prefix}/bias`, 'int32', [dims[0]], bias, biasScales));
  }
  return nodes;
}
