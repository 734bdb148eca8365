// Compares brushwork with ONNX Runtime: all rows of rows.mjs that need no GPU, or those named. --webgpu names the rows that need one;
// --software has the processor compute their smallest picture, to see that they work. Nothing fails on a time.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBrowser } from './browser.mjs';
import { measureFidelity } from './fidelity.mjs';
import { measureMemory } from './memory.mjs';
import { startNative } from './native.mjs';
import { printProfile } from './profile.mjs';
import { jsonOf, mergeJson, reportLines } from './report.mjs';
import { selectRows } from './rows.mjs';
import { measureSizes } from './sizes.mjs';
import { measureSpeed } from './speed.mjs';
import { measureStart } from './start.mjs';
import { measureWebgpu, whyNoWebgpu } from './webgpu.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = './dev bench [NAME ...] [--webgpu [--software]] [--json FILE] [--runs N] [--warm-ups N] [--profile [--profile-from FILE]]';

/** The command line; ends the program if it cannot be followed. */
function parse(options) {
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    console.error(`bench: ${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const { values, positionals } = parse({
  help: { type: 'boolean', default: false },
  json: { type: 'string' },
  webgpu: { type: 'boolean', default: false },
  software: { type: 'boolean', default: false },
  runs: { type: 'string', default: '5' },
  'warm-ups': { type: 'string', default: '2' },
  profile: { type: 'boolean', default: false },
  'profile-from': { type: 'string' },
  dist: { type: 'string', default: join(root, 'web', 'dist') },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
/** What the caller named; '--webgpu' is a name. */
const names = [...positionals, ...(values.webgpu ? ['webgpu'] : [])];
const folders = {
  root,
  dist: resolve(values.dist),
  build: join(root, 'build', 'bench'),
  data: resolve(process.env.BRUSHWORK_DATA ?? join(root, '..', 'shared', 'data')),
  models: resolve(process.env.BRUSHWORK_MODELS ?? join(root, 'models')),
};
mkdirSync(folders.build, { recursive: true });

/** What goes on, on a terminal only. */
function say(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const GROUPS = {
  speed: measureSpeed,
  start: measureStart,
  memory: measureMemory,
  sizes: measureSizes,
  fidelity: measureFidelity,
  webgpu: measureWebgpu,
};

async function measureAll(context, rows) {
  const results = {};
  for (const [how, measure] of Object.entries(GROUPS)) {
    const group = rows.filter((row) => row.how === how);
    if (group.length === 0) continue;
    try {
      Object.assign(results, await measure(context, group));
    } catch (error) {
      // The other groups' figures are worth having.
      const unavailable = String(error.message ?? error).split('\n')[0];
      for (const { name } of group) results[name] ??= { unavailable };
    }
  }
  say('');
  return results;
}

/** Without those that need a GPU where there is none: a line says so. */
async function measurableRows(rows) {
  if (!rows.some(isWebgpu)) return rows;
  const why = await whyNoWebgpu(folders, values.software);
  if (why) console.log(why);
  return why ? rows.filter((row) => !isWebgpu(row)) : rows;
}

const isWebgpu = ({ how }) => how === 'webgpu';

/** A run of some rows does not replace the list of all, but those that need a GPU are in no other. */
function writeJson(rows, results) {
  const list = join(root, 'build', 'bench.json');
  const write = (file, entries) => {
    mkdirSync(dirname(resolve(file)), { recursive: true });
    writeFileSync(file, `${JSON.stringify(entries, undefined, 2)}\n`);
  };
  if (values.json) write(values.json, jsonOf(rows, results));
  else if (names.length === 0) write(list, jsonOf(rows, results));
  else if (rows.some(isWebgpu) && !values.software) {
    const known = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
    write(list, mergeJson(known, jsonOf(rows.filter(isWebgpu), results)));
  }
}

async function main() {
  if (values.software && !values.webgpu) throw new Error('--software: needs --webgpu');
  const rows = await measurableRows(selectRows(names, values));
  if (rows.length === 0) return;
  const browser = await startBrowser(folders);
  const native = startNative();
  const context = { folders, browser, native, say, runs: Number(values.runs), warmUps: Number(values['warm-ups']), software: values.software };
  try {
    if (values.profile || values['profile-from']) {
      await printProfile(context, values['profile-from']);
      return;
    }
    const began = performance.now();
    const results = await measureAll(context, rows);
    const minutes = ((performance.now() - began) / 60_000).toFixed(1);
    console.log(`Chromium ${browser.version}, ${cpus().length} × ${cpus()[0].model.trim()}, ${minutes} min; medians, ± median deviation\n`);
    console.log(reportLines(rows, results).join('\n'));
    writeJson(rows, results);
  } finally {
    native.close();
    await browser.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
