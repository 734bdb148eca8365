// The command line as a user meets it: results, messages, exit codes. Needs BRUSHWORK_CLI, the program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { reluGenerator } from './models.mjs';
import { landscape, png, rgb } from './pictures.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = process.env.BRUSHWORK_CLI ?? join(root, 'build', 'native', 'bin', 'brushwork');
const models = join(root, 'models');
const manifest = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8'));
const { styles } = manifest;
const [generator] = manifest.generators;
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
  assert.equal(run('stylize', photo, '-o', 'x.png', '--style-image', photo, '--model', 'b').status, 2);
  assert.equal(run('stylize', photo, '-o', 'x.png', '--style-image', photo, '--style', 'a').status, 2);
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

test('inspect shows that the built-in generator computes in int8', () => {
  const { stdout, status } = run('inspect', join(models, generator.model));
  assert.equal(status, 0);
  assert.match(stdout, /GMAC, 100 % of them in int8/);
  assert.match(run('inspect', join(models, generator.model), '--float').stdout, /, 0 % of them/);
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

/** The painting's bytes. */
function painted(...args) {
  const output = file('painted.png');
  paintsWell(run('stylize', photo, '-o', output, ...args), output, [96, 64]);
  return readFileSync(output);
}

test('mixes: weights count by proportion, and are 1 where left out', () => {
  const [a, b] = styles.map(({ id }) => id);
  const even = painted('--style', `${a},${b}`);
  assert.deepEqual(painted('--style', `${a}:1,${b}:1`), even);
  assert.deepEqual(painted('--style', `${a}:20,${b}:20`), even);
  assert.deepEqual(painted('--style', `${a}:0.5,${b}:0.25,${b}:2.5e-1`), even);
  assert.notDeepEqual(painted('--style', `${a}:3,${b}`), even);
  assert.deepEqual(painted('--style', `${a}:3,${b}:0`), painted('--style', a));
  assert.notDeepEqual(painted('--style', b), painted('--style', a));
});

test('mixes that make no sense say so', () => {
  const id = styles[0].id;
  const mix = (text) => run('stylize', photo, '-o', file('no.png'), '--style', text);
  failsWith(mix(`${id},nosuch:2`), 'invalid-argument', 'nosuch', id);
  failsWith(mix(`${id}:much`), 'invalid-argument', 'much', id, 'number');
  failsWith(mix(`${id}:2x`), 'invalid-argument', '2x');
  failsWith(mix(`${id}:`), 'invalid-argument', id);
  failsWith(mix(`${id}:-1`), 'invalid-argument', '-1', 'at least 0');
  failsWith(mix(`${id}:inf`), 'invalid-argument', 'inf');
  failsWith(mix(`${id}:nan`), 'invalid-argument', 'nan');
  failsWith(mix(`${id}:0,${styles[1].id}:0`), 'invalid-argument', 'above 0');
  failsWith(mix(`${id},,${id}`), 'invalid-argument', 'style');
  failsWith(mix(`${id},`), 'invalid-argument', 'style');
  assert.ok(!existsSync(file('no.png')));
});

test('a style image is painted like, whatever its size', () => {
  const like = (width, height) =>
    painted('--style-image', write('like.png', png(width, height, (x) => [x % 2 ? 250 : 20, 90, 30])));
  assert.notDeepEqual(like(300, 200), painted('--style', styles[0].id));
  for (const [width, height] of [[1, 1], [3, 900], [641, 33]]) like(width, height);
  const image = write('like.png', landscape(120, 90));
  assert.deepEqual(painted('--style-image', image), painted('--style-image', image, '--threads', '3'));
});

test('style images that are none say so', () => {
  const like = (path) => run('stylize', photo, '-o', file('no.png'), '--style-image', path);
  failsWith(like(file('missing.png')), 'invalid-argument', 'missing.png');
  failsWith(like(folder), 'invalid-argument', 'folder');
  failsWith(like(write('text.jpg', 'hello, I am no picture\n')), 'unsupported-image', 'text.jpg');
  const whole = readFileSync(photo);
  failsWith(like(write('cut.png', whole.subarray(0, whole.length / 2))), 'unsupported-image', 'cut.png');
  assert.ok(!existsSync(file('no.png')));
});

test('strength goes from the photo to the style, of mixes and style images too', () => {
  const [a, b, c] = styles.map(({ id }) => id);
  for (const style of [['--style', a], ['--style', `${a},${b}`], ['--style-image', photo]]) {
    const full = painted(...style);
    assert.deepEqual(painted(...style, '--strength', '1'), full);
    const none = painted(...style, '--strength', '0');
    assert.deepEqual(painted('--style', c, '--strength', '0'), none);
    const half = painted(...style, '--strength', '0.5');
    assert.notDeepEqual(half, full);
    assert.notDeepEqual(half, none);
  }
  failsWith(paint(photo, file('no.png'), '--strength', 'nan'), 'invalid-argument', 'strength');
});

test('brush: painted at another scale, at the photo\'s size in the end', () => {
  const style = ['--style', styles[0].id];
  const plain = painted(...style);
  assert.deepEqual(painted(...style, '--brush', '1'), plain);
  for (const brush of ['0.0625', '0.4', '2.5']) {
    const brushed = painted(...style, '--brush', brush);
    assert.notDeepEqual(brushed, plain);
    assert.deepEqual(painted(...style, '--brush', brush, '--threads', '3'), brushed);
  }
  for (const brush of ['0', '5', '-1', 'nan']) {
    failsWith(paint(photo, file('no.png'), '--brush', brush), 'invalid-argument', 'brush', '1/16 to 4');
  }
  const long = write('long.png', landscape(20000, 2));
  failsWith(paint(long, file('no.png'), '--brush', '4'), 'image-too-large', 'brush', '80000');
});

test('a mask says where to paint, whatever its size', () => {
  const style = ['--style', styles[0].id];
  const masked = (width, height, colorAt) =>
    painted(...style, '--mask', write('mask.png', png(width, height, colorAt)));
  const all = painted(...style);
  const none = painted(...style, '--strength', '0');
  assert.deepEqual(masked(3, 5, () => [255, 255, 255]), all);
  assert.deepEqual(masked(200, 1, () => [0, 0, 0]), none);
  const half = masked(96, 64, (x) => (x < 48 ? [0, 0, 0] : [255, 255, 255]));
  assert.notDeepEqual(half, all);
  assert.notDeepEqual(half, none);
  const mask = (path) => paint(photo, file('no.png'), '--mask', path);
  failsWith(mask(file('missing.png')), 'invalid-argument', 'missing.png');
  failsWith(mask(write('text.png', 'no picture')), 'unsupported-image', 'text.png');
});

test('preserve-color takes an amount, or none for all', () => {
  const style = ['--style', styles[0].id];
  const wholly = painted(...style, '--preserve-color', '1');
  assert.deepEqual(painted('--preserve-color', ...style), wholly); // an option follows, not an amount
  assert.deepEqual(painted(...style, '--preserve-color'), wholly);
  assert.deepEqual(painted(...style, '--preserve-color', '0'), painted(...style));
  assert.notDeepEqual(painted(...style, '--preserve-color', '0.5'), wholly);
  const before = run('stylize', '--preserve-color', photo, '-o', file('no.png'), ...style);
  assert.equal(before.status, 2, 'the photo is no amount');
  assert.match(before.stderr, /--preserve-color/);
  failsWith(paint(photo, file('no.png'), '--preserve-color', '1.5'), 'invalid-argument', 'preserve color');
});

/** Runs with a models folder of its own, whose manifest and files `change` may spoil. */
function runWith(change, ...args) {
  const own = file('models');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  for (const name of [generator.model, generator.encoder.model]) copyFileSync(join(models, name), join(own, name));
  const spoiled = structuredClone(manifest);
  const text = change(spoiled, own) ?? JSON.stringify(spoiled);
  writeFileSync(join(own, 'manifest.json'), text);
  return run('stylize', photo, '-o', file('no.png'), '--models', own, ...args);
}

test('a generator with one style needs no vector and no encoder', () => {
  const [a, b] = styles.map(({ id }) => id);
  const plain = (spoiled) => {
    delete spoiled.styles[0].vector;
    delete spoiled.generators[0].encoder;
  };
  assert.equal(runWith(plain, '--style', a).status, 0);
  assert.deepEqual(readFileSync(file('no.png')), painted('--model', join(models, generator.model)));
  assert.equal(runWith(plain, '--style', a, '--strength', '0.5').status, 0);
  assert.equal(runWith(plain, '--style', b, '--strength', '0.5').status, 0);
  rmSync(file('no.png'));
  failsWith(runWith(plain, '--style', `${b},${a}`), 'incompatible-styles', a, 'mixed');
  failsWith(runWith(plain, '--style-image', photo), 'invalid-argument', 'style image');
  const two = (spoiled) => {
    spoiled.generators.push({ ...spoiled.generators[0], id: 'second' });
    spoiled.styles[1].generator = 'second';
  };
  failsWith(runWith(two, '--style', `${a},${b}`), 'incompatible-styles', b, 'second', generator.id);
});

test('manifests and files that are damaged say so', () => {
  const style = ['--style', styles[0].id];
  const fails = (change, args, code, ...words) => failsWith(runWith(change, ...args), code, ...words);
  fails(() => '{ "version": 2', style, 'invalid-argument', 'manifest.json');
  fails((m) => { m.version = 1; }, style, 'invalid-argument', 'version: got 1, needed 2', 'manifest.json');
  fails((m) => { delete m.version; }, style, 'invalid-argument', 'version');
  fails((m) => { delete m.generators; }, style, 'invalid-argument', 'generators');
  fails((m) => { m.styles[0].generator = 'nosuch'; }, style, 'invalid-argument', 'nosuch', styles[0].id);
  fails((m) => { m.styles[0].vector = 'AAA'; }, style, 'invalid-argument', 'base64', styles[0].id);
  fails((m) => { m.styles[0].vector = 'AHw='; }, style, 'invalid-argument', 'finite', styles[0].id);
  fails((m) => { m.styles[0].vector = 'ADw='; }, style, 'incompatible-styles', 'got 1 values', styles[0].id);
  fails((m) => { m.generators[0].model = 'gone.onnx'; }, style, 'invalid-argument', 'gone.onnx');
  const like = ['--style-image', photo];
  fails((m) => { m.generators[0].encoder.model = 'gone.onnx'; }, like, 'invalid-argument', 'gone.onnx');
  fails((m) => { m.generators[0].encoder.model = m.generators[0].model; }, like, 'unsupported-model',
    generator.model, 'encoder');
  fails((m, own) => { writeFileSync(join(own, generator.encoder.model), 'no'); }, [...style, '--strength', '0.5'],
    'invalid-model', generator.encoder.model);
  const other = (m, own) => {
    writeFileSync(join(own, 'other.onnx'), reluGenerator());
    m.generators[0].model = 'other.onnx';
  };
  fails(other, like, 'incompatible-styles', generator.encoder.model, 'needed 0');
  fails(other, style, 'incompatible-styles', styles[0].id, 'needed 0');
  assert.ok(!existsSync(file('no.png')));
});

/** A camera that moves right by two pixels a frame, and its noise. */
function movingClip(count) {
  let seed = 1;
  const noise = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return ((seed >> 16) % 9) - 4;
  };
  const scene = (x, y) => 128 + 50 * Math.sin(x / 9 + y / 17) + 40 * Math.sin(x / 15 - y / 8);
  return Array.from({ length: count }, (_, i) => write(`frame-${i}.png`, png(128, 96, (x, y) => {
    const value = scene(x + 2 * i, y);
    return [value, 0.7 * value + 40, 230 - 0.8 * value].map((v) => Math.min(255, Math.max(0, Math.round(v + noise()))));
  })));
}

test('video: frames that move flicker less, the steadier they are', () => {
  const frames = movingClip(6);
  const video = (steadiness, output) =>
    run('video', ...frames, '-o', file(output), '--style', styles[0].id, '--steadiness', String(steadiness));
  const warped = (output) => {
    const [a, b] = [4, 5].map((i) => rgb(readFileSync(join(file(output), `frame-${i}.png`))));
    let sum = 0;
    for (let y = 8; y < 88; y++) for (let x = 8; x < 112; x++) for (let c = 0; c < 3; c++) sum += (a.at(x + 2, y, c) - b.at(x, y, c)) ** 2;
    return sum / (80 * 104 * 3);
  };
  for (const steadiness of [0, 0.5, 0.9]) assert.equal(video(steadiness, `steady-${steadiness}`).status, 0);
  const [none, half, most] = ['steady-0', 'steady-0.5', 'steady-0.9'].map(warped);
  assert.ok(half < 0.7 * none, `${half} of ${none}`);
  assert.ok(most < 0.2 * none, `${most} of ${none}`);
});

test('video: with steadiness 0 every frame is painted as by itself', () => {
  const [first, second] = movingClip(2);
  assert.equal(run('video', first, second, '-o', file('single'), '--style', styles[0].id, '--steadiness', '0').status, 0);
  assert.equal(paint(second, file('alone.png')).status, 0);
  assert.deepEqual(readFileSync(join(file('single'), 'frame-1.png')), readFileSync(file('alone.png')));
});

test('video: what makes no sense says so', () => {
  const one = ['-o', file('frames'), '--style', styles[0].id];
  assert.equal(run('video', photo, ...one, '--steadiness', '2').status, 2);
  assert.equal(run('video', ...one).status, 2);
  failsWith(run('video', photo, photo, ...one), 'invalid-argument', 'photo.png');
  failsWith(run('video', file('missing.png'), ...one), 'invalid-argument', 'missing.png');
  failsWith(run('video', photo, '-o', photo, '--style', styles[0].id), 'invalid-argument', 'photo.png');
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
  const onnx = readFileSync(join(models, generator.model));
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
