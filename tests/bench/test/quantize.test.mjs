// What the benchmark makes of models and numbers: no timings here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TYPES, initializersOf, makeNode, makeTensor, readModel, valuesOf, writeModel } from '../onnx.mjs';
import { activationQuantization, activationsToQuantize, floatTwin, quantizeModel, quantizeWeights } from '../quantize.mjs';

/** input → Conv (2 to 2 channels, 1×1) → output, with a ReLU between. */
function smallModel() {
  const value = (name) => ({ name, type: { tensorType: { elemType: TYPES.float } } });
  const convolution = makeNode('Conv', ['input', 'weight', 'bias'], 'convolved');
  const graph = {
    name: 'small',
    node: [convolution, makeNode('Relu', ['convolved'], 'output')],
    initializer: [
      makeTensor('weight', 'float', [2, 2, 1, 1], [1, -0.5, 0.25, 2]),
      makeTensor('bias', 'float', [2], [0.5, -1]),
    ],
    input: [value('input')],
    output: [value('output')],
  };
  return readModel(writeModel({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph }));
}

test('zero is exact in every range', () => {
  for (const range of [[-1, 1], [0, 6], [2, 6], [-3, -1], [0, 0]]) {
    for (const type of ['int8', 'uint8']) {
      const { scale, zeroPoint } = activationQuantization(range, type);
      const [smallest, largest] = type === 'int8' ? [-128, 127] : [0, 255];
      assert.ok(scale > 0 && Number.isInteger(zeroPoint) && zeroPoint >= smallest && zeroPoint <= largest);
      const reach = [(smallest - zeroPoint) * scale, (largest - zeroPoint) * scale];
      assert.ok(reach[0] <= range[0] + scale && reach[1] >= range[1] - scale, `${range} in ${type}: ${reach}`);
    }
  }
});

test('weights keep within half a step, channel by channel', () => {
  const values = Float32Array.of(1, -0.5, 100, 3, 0, 0);
  const { quantized, scales } = quantizeWeights(values, 3);
  values.forEach((value, i) => assert.ok(Math.abs(quantized[i] * scales[i >> 1] - value) <= scales[i >> 1] / 2 + 1e-6));
  assert.deepEqual([...quantized.subarray(4)], [0, 0]);
});

test('a quantized model has pairs where int8 kernels need them', () => {
  const model = smallModel();
  assert.deepEqual(activationsToQuantize(model), ['input', 'convolved']);
  const quantized = quantizeModel(model, { input: [0, 1], convolved: [-2, 2] }, 'uint8');
  const order = quantized.graph.node.map(({ opType }) => opType);
  const pair = ['QuantizeLinear', 'DequantizeLinear'];
  assert.deepEqual(order, [...pair, 'DequantizeLinear', 'DequantizeLinear', 'Conv', ...pair, 'Relu']);
  assert.equal(quantized.graph.node.at(-1).input[0], 'convolved/dq');
});

test('and without its quantizers it is the float model again', () => {
  const model = smallModel();
  const twin = floatTwin(quantizeModel(model, { input: [0, 1], convolved: [-2, 2] }, 'uint8'));
  assert.deepEqual(twin.graph.node.map(({ opType }) => opType), ['Conv', 'Relu']);
  const [convolution, relu] = twin.graph.node;
  assert.equal(convolution.input[0], 'input');
  assert.equal(relu.input[0], 'convolved');
  const weights = valuesOf(initializersOf(twin).get(convolution.input[1]));
  [1, -0.5, 0.25, 2].forEach((value, i) => assert.ok(Math.abs(weights[i] - value) <= 0.01));
});

test("a quantizer that ends the model stays as the clamp it is", () => {
  const model = smallModel();
  const [scale, zeroPoint] = ['scale', 'zero'];
  model.graph.initializer.push(makeTensor(scale, 'float', [1], [1 / 255]), makeTensor(zeroPoint, 'int8', [1], [-128]));
  model.graph.node[1].output = ['relu'];
  model.graph.node.push(makeNode('QuantizeLinear', ['relu', scale, zeroPoint], 'q'), makeNode('DequantizeLinear', ['q', scale, zeroPoint], 'output'));
  const twin = floatTwin(model);
  const clip = twin.graph.node.at(-1);
  assert.equal(clip.opType, 'Clip');
  const limits = clip.input.slice(1).map((name) => valuesOf(initializersOf(twin).get(name))[0]);
  assert.deepEqual(limits, [0, 1]);
});
