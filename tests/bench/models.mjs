// The models that are compared, where their files are, and those of them that are made first, into build/bench.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dimsOf, initializersOf, makeTensor, readModel, withOutputs, writeModel } from './onnx.mjs';
import { activationsToQuantize, floatTwin, quantizeModel } from './quantize.mjs';

/** Third-party generators take 0..255 BGR. */
export const THIRD_PARTY = { inputRange: [0, 255], channelOrder: 'bgr' };
/** Photos that calibrate the int8 version of a float generator. */
export const CALIBRATION = ['kodak_01', 'kodak_05', 'kodak_13', 'kodak_23'];

export const thirdParty = (folders, name) => {
  const file = join(folders.data, 'third_party', `${name}.onnx`);
  return existsSync(file) ? { name, file, url: `/data/third_party/${name}.onnx`, ...THIRD_PARTY } : undefined;
};

/** Built-in generators, in the manifest's order. `style`: the id of the first style that each paints. */
export function ownGenerators(folders) {
  const { generators, styles } = JSON.parse(readFileSync(join(folders.models, 'manifest.json'), 'utf8'));
  return generators.map(({ id, model, inputRange, channelOrder }) => ({
    name: id,
    style: styles.find(({ generator }) => generator === id).id,
    file: join(folders.models, model),
    url: `/models/${model}`,
    inputRange,
    channelOrder,
  }));
}

/** A file in build/bench, made again when what it is made from changed. */
async function made(folders, name, sources, make) {
  const file = join(folders.build, name);
  const hash = createHash('sha256');
  const scripts = ['onnx.mjs', 'quantize.mjs', 'models.mjs'].map((script) => new URL(script, import.meta.url));
  for (const source of [...sources, ...scripts]) hash.update(readFileSync(source));
  const key = hash.digest('hex');
  if (!existsSync(file) || !existsSync(`${file}.key`) || readFileSync(`${file}.key`, 'utf8') !== key) {
    mkdirSync(folders.build, { recursive: true });
    writeFileSync(file, await make());
    writeFileSync(`${file}.key`, key);
  }
  return file;
}

const madeModel = (model, name, file) => ({ ...model, file, url: `/made/${name}` });

/** The model with these scales and shifts of its normalizations, one after the other in the order of the nodes. */
export function withStyle(model, vector) {
  const constants = initializersOf(model);
  let position = 0;
  for (const { input } of model.graph.node.filter(({ opType }) => opType === 'InstanceNormalization')) {
    for (const name of input.slice(1)) {
      const dims = dimsOf(constants.get(name));
      Object.assign(constants.get(name), makeTensor(name, 'float', dims, vector.subarray(position, position + dims[0])));
      position += dims[0];
    }
  }
  if (position !== vector.length) throw new Error(`style: got ${vector.length} values, needed ${position}`);
  return model;
}

/** Every built-in style as a model of its own, in the manifest's order. */
export async function ownStyles(folders) {
  const manifest = join(folders.models, 'manifest.json');
  const generators = new Map(ownGenerators(folders).map((generator) => [generator.name, generator]));
  const models = [];
  for (const { id, generator, vector } of JSON.parse(readFileSync(manifest, 'utf8')).styles) {
    const model = { ...generators.get(generator), name: id };
    const values = new Float16Array(Uint8Array.from(Buffer.from(vector ?? '', 'base64')).buffer);
    const make = () => writeModel(withStyle(readModel(readFileSync(model.file)), values));
    const name = `style-${id}.onnx`;
    models.push(vector ? madeModel(model, name, await made(folders, name, [model.file, manifest], make)) : model);
  }
  return models;
}

/** The model without quantizers; of a float model, the same file again. */
export async function inFloat(folders, model) {
  const name = `${model.name}.float.onnx`;
  const make = () => writeModel(floatTwin(readModel(readFileSync(model.file))));
  return madeModel(model, name, await made(folders, name, [model.file], make));
}

/** The QDQ version of a float model. `pictures`: the calibration photos' pixel files. */
export async function inInt8(folders, native, model, pictures, type = 'uint8') {
  const name = `${model.name}.qdq.onnx`;
  const make = async () => {
    const float = readModel(readFileSync(model.file));
    const names = activationsToQuantize(float);
    const probe = join(folders.build, `${model.name}.probe.onnx`);
    writeFileSync(probe, writeModel(withOutputs(float, names.filter((name) => !isInput(float, name)))));
    const found = await native.call('ranges', { model: probe, pictures: pictures.map((file) => ({ ...file, ...model })) });
    const ranges = Object.fromEntries(names.map((name) => [name, found[name].range]));
    return writeModel(quantizeModel(float, ranges, type));
  };
  return madeModel(model, name, await made(folders, name, [model.file], make));
}

const isInput = ({ graph }, name) => graph.input.some((input) => input.name === name);

/**
 * Multiply-adds of a model's convolutions for this picture: the model's own, whatever an engine makes of them. `model` is in
 * float.
 */
export async function countMultiplyAdds(folders, native, model, picture) {
  const parsed = readModel(readFileSync(model.file));
  const constants = initializersOf(parsed);
  const convolutions = parsed.graph.node.filter(({ opType }) => opType === 'Conv' || opType === 'ConvTranspose');
  // A convolution's filter is applied at each place of its output, a transposed one's at each place of its input.
  const placesOf = (node) => (node.opType === 'Conv' ? node.output[0] : node.input[0]);
  const probe = join(folders.build, `${model.name}.probe.onnx`);
  writeFileSync(probe, writeModel(withOutputs(parsed, convolutions.map(placesOf))));
  const found = await native.call('ranges', { model: probe, pictures: [{ ...picture, ...model, file: picture.file }] });
  return convolutions.reduce((sum, node) => {
    const [, , height, width] = found[placesOf(node)].dims;
    const weights = dimsOf(constants.get(node.input[1])).reduce((product, size) => product * size, 1);
    return sum + height * width * weights;
  }, 0);
}
