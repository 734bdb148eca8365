// Runs every case in native ONNX Runtime, unoptimized, so that the file's own arithmetic is what is
// compared with:
//   node run_reference.mjs FOLDER DATA MODELS
// writes FOLDER/NAME.expected.f32 ([1, 3, height, width], float32) and FOLDER/expected.json.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ort from 'onnxruntime-node';

const [folder, data, models] = process.argv.slice(2);
const folders = { reference: folder, data, models };
const cases = JSON.parse(await readFile(join(folder, 'cases.json'), 'utf8'));
const expected = {};
for (const { name, folder: place, model, height, width } of cases) {
  const session = await ort.InferenceSession.create(join(folders[place], model), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 3,
  });
  const bytes = await readFile(join(folder, `${name}.input.f32`));
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const picture = new ort.Tensor('float32', floats, [1, 3, height, width]);
  const results = await session.run({ [session.inputNames[0]]: picture });
  const { data: values, dims } = results[session.outputNames[0]];
  await writeFile(
    join(folder, `${name}.expected.f32`),
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  expected[name] = { height: dims[2], width: dims[3] };
  await session.release();
}
await writeFile(join(folder, 'expected.json'), JSON.stringify(expected));
console.log(`native ONNX Runtime ran ${cases.length} cases`);
