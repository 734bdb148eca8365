// Runs every case in native ONNX Runtime, unoptimized, so that the file's own arithmetic is what is
// compared with:
//   node run_reference.mjs FOLDER DATA MODELS
// writes NAME.expected.f32 into FOLDER ([1, channels, height, width], float32) for each case of
// cases.json and gpu_cases.json, and expected.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const [folder, data, models] = process.argv.slice(2);
const folders = { reference: folder, data, models };
const readJson = async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'));

async function readTensor(name, dims) {
  const bytes = await readFile(join(folder, name));
  return new ort.Tensor('float32', new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4), dims);
}

/** The dimensions of the result, which is written. */
async function run(path, name, inputs) {
  const session = await ort.InferenceSession.create(path, {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const feeds = Object.fromEntries(inputs.map((tensor, i) => [session.inputNames[i], tensor]));
  const results = await session.run(feeds);
  const { data: values, dims } = results[session.outputNames[0]];
  await writeFile(
    join(folder, `${name}.expected.f32`),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  await session.release();
  return dims;
}

const cases = await readJson('cases.json');
const expected = {};
for (const { name, folder: place, model, height, width } of cases) {
  const dims = await run(join(folders[place], model), name, [await readTensor(`${name}.input.f32`, [1, 3, height, width])]);
  expected[name] = { height: dims[2], width: dims[3] };
}
const { cases: graphs } = await readJson('gpu_cases.json');
for (const { name, height, width, coefficients } of graphs) {
  const inputs = [await readTensor(`${name}.input.f32`, [1, 3, height, width])];
  if (coefficients > 0) inputs.push(await readTensor(`${name}.coefficients.f32`, [1, coefficients, 1, 1]));
  await run(join(folder, `${name}.onnx`), name, inputs);
}
await writeFile(join(folder, 'expected.json'), JSON.stringify(expected));
console.log(`native ONNX Runtime ran ${cases.length} cases and ${graphs.length} graphs for GPUs`);
