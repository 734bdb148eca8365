// The command line as a user meets it: results, messages, exit codes. Needs BRUSHWORK_CLI, the program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { landscape, png } from './pictures.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = process.env.BRUSHWORK_CLI ?? join(root, 'build', 'native', 'bin', 'brushwork');
const models = join(root, 'models');
const { styles } = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'brushwork-cli-'));
after(() => rmSync(folder, { recursive: true }));

const file = (name) => join(folder, name);
const write = (name, bytes) => {
  writeFileSync(file(name), bytes);
  return file(name);
};
const run = (...args) =>
  spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, BRUSHWORK_MODELS: models } });
const paint = (input, output, ...more) =>
  run('stylize', input, '-o', output, '--style', styles[0].id, ...more);

function sizeOf(pngFile) {
  const bytes = readFileSync(pngFile);
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG');
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

function paintsWell(result, output, size) {
  assert.equal(result.status, 0, result.stderr);
  assert.deepEqual(sizeOf(output), size);
}

function failsWith(result, code, ...words) {
  assert.equal(result.status, 1, `exit code ${result.status}, signal ${result.signal}`);
  assert.match(result.stderr, new RegExp(`^brushwork: ${code}: `));
  for (const word of words) assert.ok(result.stderr.includes(word), result.stderr);
}

const photo = write('photo.png', landscape(96, 64));

test('--version, --help and wrong usage', () => {
  assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match(run('--help').stdout, /stylize/);
  assert.match(run('stylize', '--help').stdout, /--max-pixels/);
  assert.equal(run().status, 2);
  assert.equal(run('stylise').status, 2);
  assert.equal(run('stylize', photo).status, 2);
  assert.equal(run('stylize', photo, '-o', file('x.png')).status, 2);
  assert.equal(run('stylize', photo, '-o', 'x.png', '--style', 'a', '--model', 'b').status, 2);
});

test('styles prints one style a line, its id first', () => {
  const { stdout, status } = run('styles');
  assert.equal(status, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(lines.map((line) => line.split(/\s+/)[0]), styles.map(({ id }) => id));
});

for (const { id } of styles) {
  test(`${id} paints, the same with any number of threads`, () => {
    const one = file(`${id}-1.png`);
    const two = file(`${id}-2.png`);
    paintsWell(run('stylize', photo, '-o', one, '--style', id, '--threads', '1'), one, [96, 64]);
    paintsWell(run('stylize', photo, '-o', two, '--style', id, '--threads', '3'), two, [96, 64]);
    assert.deepEqual(readFileSync(one), readFileSync(two));
    assert.notDeepEqual(readFileSync(one), readFileSync(photo));
  });
}

test('inspect shows that a built-in style computes in int8', () => {
  const { stdout, status } = run('inspect', join(models, styles[0].model));
  assert.equal(status, 0);
  assert.match(stdout, /GMAC, 100 % of them in int8/);
  assert.match(run('inspect', join(models, styles[0].model), '--float').stdout, /, 0 % of them/);
});

test('odd sizes, max-pixels, strength and JPEG', () => {
  for (const [width, height] of [[1, 1], [7, 3], [33, 65], [20000, 2]]) {
    const input = write('size.png', landscape(width, height));
    paintsWell(paint(input, file('sized.png')), file('sized.png'), [width, height]);
  }
  paintsWell(paint(photo, file('small.png'), '--max-pixels', '1536'), file('small.png'), [48, 32]);
  const flat = write('flat.png', png(16, 16, () => [200, 100, 50]));
  paintsWell(paint(flat, file('same.png'), '--strength', '0'), file('same.png'), [16, 16]);
  assert.equal(paint(photo, file('painting.jpg')).status, 0);
  assert.deepEqual([...readFileSync(file('painting.jpg')).subarray(0, 3)], [0xff, 0xd8, 0xff]);
});

test('pictures that are none say so', () => {
  const text = write('text.jpg', 'hello, I am no picture\n');
  failsWith(paint(text, file('no.png')), 'unsupported-image', 'text.jpg');
  failsWith(paint(write('empty.png', ''), file('no.png')), 'unsupported-image');
  assert.equal(paint(photo, file('whole.jpg')).status, 0);
  const jpeg = readFileSync(file('whole.jpg'));
  const truncated = write('truncated.jpg', jpeg.subarray(0, jpeg.length / 2));
  failsWith(paint(truncated, file('no.png')), 'unsupported-image', 'truncated.jpg');
  const damaged = readFileSync(photo);
  damaged[damaged.length >> 1] ^= 0x40;
  failsWith(paint(write('damaged.png', damaged), file('no.png')), 'unsupported-image');
  const bomb = readFileSync(photo).subarray(0, 64);
  bomb.writeUInt32BE(60000, 16);
  bomb.writeUInt32BE(60000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  failsWith(paint(write('bomb.png', bomb), file('no.png')), 'image-too-large', '60000');
  assert.ok(!existsSync(file('no.png')), 'a failed painting must leave no file');
});

test('models that are none say so', () => {
  const onnx = readFileSync(join(models, styles[0].model));
  const half = write('half.onnx', onnx.subarray(0, onnx.length / 2));
  failsWith(run('stylize', photo, '-o', file('no.png'), '--model', half), 'invalid-model', 'half.onnx');
  failsWith(run('inspect', photo), 'invalid-model');
  failsWith(run('stylize', photo, '-o', file('no.png'), '--model', file('none.onnx')),
    'invalid-argument', 'none.onnx');
});

test('arguments that make no sense say so', () => {
  failsWith(run('stylize', photo, '-o', file('no.png'), '--style', 'nosuch'), 'invalid-argument',
    'nosuch', styles[0].id);
  failsWith(paint(file('missing.jpg'), file('no.png')), 'invalid-argument', 'missing.jpg');
  failsWith(paint(folder, file('no.png')), 'invalid-argument', 'folder');
  failsWith(paint(photo, file('no.gif')), 'invalid-argument', '.png');
  failsWith(paint(photo, join(folder, 'no', 'such', 'folder.png')), 'invalid-argument');
  failsWith(paint(photo, file('no.png'), '--strength', '2'), 'invalid-argument', 'strength');
  failsWith(paint(photo, file('no.jpg'), '--quality', '0'), 'invalid-argument', '0');
  assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('no.')), []);
});
