// The package in Node: a script, the program, servers.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { project, root, run, succeed, web } from './support/install.mjs';

const native = process.env.BRUSHWORK_CLI ?? join(root, 'build/native/bin/brushwork');
const models = process.env.BRUSHWORK_MODELS ?? join(root, 'models');
const photo = join(root, 'tests/browser/fixtures/lake.jpg');
let at;
before(async () => (at = await project('node')));

const program = (...args) => run(join(at, 'node_modules/.bin/brushwork'), args, { cwd: at });
const bytesOf = (name) => readFileSync(join(at, name));

async function paints(output, ...args) {
  const { status, stdout, stderr } = await program(photo, '-o', output, ...args);
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`^${output}: \\d+ x \\d+, painted in \\d+\\.\\d\\d s\\n$`));
  assert.equal(stderr, '');
  return bytesOf(output);
}

async function nativePaints(output, ...args) {
  await succeed(native, ['stylize', photo, '-o', output, ...args], { cwd: at, env: { ...process.env, BRUSHWORK_MODELS: models } });
  return bytesOf(output);
}

async function fails(status, message, ...args) {
  const result = await program(...args);
  assert.equal(result.status, status, result.stderr);
  assert.ok(result.stderr.startsWith(message), result.stderr);
}

test('a script and the program paint what the native program paints', async () => {
  const expected = await nativePaints('native.png', '--style', 'starry-night');
  assert.deepEqual(await paints('program.png', '--style', 'starry-night'), expected);
  await succeed(process.execPath, ['stylize.mjs', photo, 'script.png', 'starry-night'], { cwd: at });
  assert.deepEqual(bytesOf('script.png'), expected);
});

test('mixes, sizes, strengths and JPEG are as the native program has them', async () => {
  for (const [i, options] of [
    ['--style', 'starry-night:2,great-wave:1', '--max-pixels', '20000'],
    ['--style', 'great-wave', '--strength', '0', '--max-pixels', '5000'],
    ['--style', 'ink-wash', '--statistics', 'exact', '--max-pixels', '10000', '--quality', '70'],
  ].entries()) {
    const extension = options.includes('--quality') ? 'jpg' : 'png';
    assert.deepEqual(await paints(`a${i}.${extension}`, ...options), await nativePaints(`b${i}.${extension}`, ...options), options.join(' '));
  }
});

test('any picture as the style; a model of your own', async () => {
  const like = await paints('like.png', '--style-image', join(root, 'tests/golden/great-wave.png'), '--max-pixels', '10000');
  const builtIn = await paints('builtin.png', '--style', 'great-wave', '--max-pixels', '10000');
  assert.notDeepEqual(like, builtIn);
  const own = ['--model', join(models, 'painter.onnx'), '--input-range', '0', '1', '--max-pixels', '10000'];
  assert.deepEqual(await paints('own.png', ...own), await nativePaints('own-native.png', ...own));
});

test('lists its styles, helps, and knows its version', async () => {
  const { styles } = JSON.parse(readFileSync(join(models, 'manifest.json'), 'utf8'));
  const { stdout } = await program('styles');
  assert.deepEqual(stdout.trimEnd().split('\n').map((line) => line.split(/\s+/)[0]), styles.map(({ id }) => id));
  assert.match((await program('--help')).stdout, /--style-image/);
  assert.equal((await program('--version')).stdout.trim(), JSON.parse(readFileSync(join(web, 'package.json'), 'utf8')).version);
});

test('says what is wrong, and leaves no file behind', async () => {
  writeFileSync(join(at, 'notes.txt'), 'no picture');
  const style = ['--style', 'starry-night'];
  await fails(2, 'the photo is missing');
  await fails(2, '--style, --style-image or --model is required', photo, '-o', 'x.png');
  await fails(2, "--strength: got 'high', needed a number", photo, '-o', 'x.png', ...style, '--strength', 'high');
  await fails(1, "brushwork: invalid-argument: can't read 'nosuch.jpg': no such file or directory", 'nosuch.jpg', '-o', 'x.png', ...style);
  await fails(1, "brushwork: invalid-argument: output: got 'x.gif'", photo, '-o', 'x.gif', ...style);
  await fails(1, "brushwork: invalid-argument: output: the folder 'nowhere' does not exist", photo, '-o', 'nowhere/x.png', ...style);
  await fails(1, 'brushwork: invalid-argument: style: got "nosuch", needed one of starry-night', photo, '-o', 'x.png', '--style', 'nosuch');
  await fails(1, 'brushwork: invalid-argument: strength: got 2', photo, '-o', 'x.png', ...style, '--strength', '2');
  await fails(1, "brushwork: unsupported-image: 'notes.txt': got 10 bytes", 'notes.txt', '-o', 'x.png', ...style);
  await fails(1, "brushwork: invalid-model: 'notes.txt': ", photo, '-o', 'x.png', '--model', 'notes.txt');
  assert.ok(!existsSync(join(at, 'x.png')));
  assert.deepEqual(readdirSync(at).filter((name) => name.endsWith('.part')), []);
});

test('a server imports it, uses it, and uses it in a worker thread', async () => {
  const server = await project('server');
  assert.equal(await succeed(process.execPath, ['server.mjs'], { cwd: server }), 'all is well\n');
});

test('a bundled server does, too', async () => {
  const server = await project('server');
  await build({ absWorkingDir: server, entryPoints: ['server.mjs'], bundle: true, platform: 'node', format: 'esm', outfile: 'out/server.mjs', logLevel: 'silent' });
  const assets = pathToFileURL(join(server, 'node_modules/brushwork/dist/assets/')).href;
  assert.equal(await succeed(process.execPath, ['out/server.mjs'], { cwd: server, env: { ...process.env, ASSETS: assets } }), 'all is well\n');
});
