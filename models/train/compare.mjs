// Compares an int8 model with its float twin in ONNX Runtime:
//   python3 write_ppm.py photos/      (the evaluation photos as .ppm)
//   npm install --ignore-scripts onnxruntime-node     (anywhere; run this file from there)
//   node compare.mjs int8.onnx float.onnx photos/ [paintings/]
// Prints the PSNR of every photo, their median and their worst; writes both paintings when a folder is given.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const ort = createRequire(path.join(process.cwd(), 'x.js'))('onnxruntime-node');
const [int8File, floatFile, photos, paintings] = process.argv.slice(2);

function readPpm(file) {
  const bytes = fs.readFileSync(file);
  const [header, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 40));
  return { width: +width, height: +height, rgb: bytes.subarray(header.length) };
}

function writePpm(file, { width, height }, planes) {
  const area = width * height;
  const rgb = Buffer.alloc(3 * area);
  for (let i = 0; i < area; i++)
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round(planes[c * area + i] * 255);
  fs.writeFileSync(file, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]));
}

const sessions = [];
for (const file of [int8File, floatFile])
  sessions.push(await ort.InferenceSession.create(file, { intraOpNumThreads: 2 }));

const psnrs = [];
for (const name of fs.readdirSync(photos).filter((f) => f.endsWith('.ppm')).sort()) {
  const photo = readPpm(path.join(photos, name));
  const area = photo.width * photo.height;
  const input = new Float32Array(3 * area);
  for (let i = 0; i < area; i++)
    for (let c = 0; c < 3; c++) input[c * area + i] = photo.rgb[3 * i + c] / 255;
  const outputs = [];
  for (const session of sessions) {
    const result = await session.run({ input: new ort.Tensor('float32', input, [1, 3, photo.height, photo.width]) });
    outputs.push(result.output.data);
  }
  let sum = 0;
  for (let i = 0; i < 3 * area; i++) sum += (outputs[0][i] - outputs[1][i]) ** 2;
  const psnr = -10 * Math.log10(sum / (3 * area) + 1e-12);
  psnrs.push(psnr);
  console.log(name, psnr.toFixed(2), 'dB');
  if (paintings) {
    fs.mkdirSync(paintings, { recursive: true });
    ['int8', 'float'].forEach((kind, i) =>
      writePpm(path.join(paintings, name.replace('.ppm', `.${kind}.ppm`)), photo, outputs[i]));
  }
}
psnrs.sort((a, b) => a - b);
const n = psnrs.length;
console.log(`median ${((psnrs[(n - 1) >> 1] + psnrs[n >> 1]) / 2).toFixed(2)} dB, worst ${psnrs[0].toFixed(2)} dB`);
