// The package as `npm pack` makes it, installed into empty projects outside of the repository.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const web = join(root, 'web');
const projects = fileURLToPath(new URL('../projects/', import.meta.url));
const tools = fileURLToPath(new URL('../node_modules/', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'brushwork-package-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program to its end: { status, stdout, stderr }. */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) child[stream].setEncoding('utf8').on('data', (chunk) => (text[stream] += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...text }));
  });
}

export async function succeed(program, args, options) {
  const result = await run(program, args, options);
  assert.equal(result.status, 0, `${program} ${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
  return result.stdout;
}

let packing;
/** The tarball: { path, files: [{ path, size }], size, unpackedSize }. */
export function packed() {
  packing ??= pack();
  return packing;
}

async function pack() {
  if (!existsSync(join(web, 'dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    await succeed('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: web }),
  );
  return { path: join(folder, filename), files, size, unpackedSize };
}

/**
 * A new project with the files of projects/`name` and the package, installed from the tarball without the network. `using`: tools of
 * this folder's node_modules that the project has, too.
 */
export async function project(name, { using = [] } = {}) {
  const { path } = await packed();
  const at = mkdtempSync(join(folder, `${name}-`));
  cpSync(join(projects, 'common'), at, { recursive: true });
  cpSync(join(projects, name), at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: `a-${name}-project`, private: true, type: 'module' }));
  await succeed('npm', ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', path], { cwd: at });
  for (const tool of using) {
    const link = join(at, 'node_modules', tool);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(tools, tool), link);
  }
  return at;
}

/** A program of this folder's node_modules. */
export const tool = (path) => join(tools, path);

export const readText = (path) => readFileSync(path, 'utf8');
