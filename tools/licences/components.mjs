// What others have written that is linked into our programs: names, versions, licences, and the texts that every copy has to show. What is
// really linked is read from the linker's maps; what is not in these tables ends the build.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const cache = process.env.BRUSHWORK_CACHE ?? join(homedir(), '.cache/brushwork');
const read = (path) => readFileSync(path, 'utf8');
const ownText = (name) => read(new URL(`texts/${name}.txt`, import.meta.url));

/** SPDX expressions that we may ship. Any other is for a person to look at. */
const ACCEPTED = new Set([
  'Apache-2.0', 'Apache-2.0 WITH LLVM-exception', 'BSD-2-Clause', 'BSD-3-Clause', 'BSL-1.0', 'CC0-1.0', 'MIT', 'MIT AND Apache-2.0',
  'BSD-2-Clause AND Apache-2.0', 'MIT OR NCSA', 'MIT OR Unlicense', 'MPL-2.0',
]);

/**
 * The libraries of tools/dev/versions.sh. `library`: its name for the linker; without one it is headers only. `use`: 'engine' is what is in the
 * WebAssembly programs and the native one, 'command line' in the native one only, 'tests' in neither.
 */
const LIBRARIES = {
  xnnpack: { name: 'XNNPACK', licence: 'BSD-3-Clause', use: 'engine', library: 'XNNPACK' },
  pthreadpool: { name: 'pthreadpool', licence: 'BSD-2-Clause', use: 'engine', library: 'pthreadpool' },
  fp16: { name: 'FP16', licence: 'MIT', use: 'engine', within: 'xnnpack' },
  fxdiv: { name: 'FXdiv', licence: 'MIT', use: 'engine', within: 'xnnpack' },
  stb: { name: 'stb', licence: 'MIT OR Unlicense', use: 'engine' },
  protozero: { name: 'protozero', licence: 'BSD-2-Clause AND Apache-2.0', use: 'engine' },
  nlohmann_json: { name: 'JSON for Modern C++', licence: 'MIT', use: 'command line' },
  cli11: { name: 'CLI11', licence: 'BSD-3-Clause', use: 'command line' },
  catch2: { name: 'Catch2', licence: 'BSL-1.0', use: 'tests' },
};

/** Of LLVM's libraries, which Emscripten takes from one release; what their read-me files say is of an earlier one. */
function llvmVersion(em) {
  const [, major, minor] = /define _LIBCPP_VERSION (\d\d)(\d\d)\d\d/.exec(read(join(em, 'system/lib/libcxx/include/__config')));
  return `${Number(major)}.${Number(minor)}`;
}

/** Emscripten's libraries, by what the linker calls them without the suffixes of their kinds. `text`: Debian's package has none of its own. */
const SYSTEM = [
  {
    id: 'emscripten', name: 'Emscripten (run time, JavaScript)', licence: 'MIT OR NCSA', libraries: ['embind', 'noexit', 'stubs', 'bulkmemory'],
    version: (em) => read(join(em, 'emscripten-version.txt')).replaceAll('"', '').trim(), text: () => ownText('emscripten'),
  },
  {
    id: 'musl', name: 'musl', licence: 'MIT', libraries: ['c', 'c_optz'],
    version: (em) => read(join(em, 'system/lib/libc/musl/VERSION')).trim(), text: (em) => read(join(em, 'system/lib/libc/musl/COPYRIGHT')),
  },
  {
    id: 'dlmalloc', name: 'dlmalloc', licence: 'CC0-1.0', libraries: ['dlmalloc'],
    version: (em) => /\* Version (\S+)/.exec(read(join(em, 'system/lib/dlmalloc.c')))[1], text: () => ownText('dlmalloc'),
  },
  ...[['libcxx', 'libc++', 'c++'], ['libcxxabi', 'libc++abi', 'c++abi'], ['libunwind', 'libunwind', 'unwind'], ['compiler-rt', 'compiler-rt', 'compiler_rt']]
    .map(([id, name, library]) => ({
      id, name, licence: 'Apache-2.0 WITH LLVM-exception', libraries: [library],
      version: llvmVersion, text: () => `${read(join(root, 'LICENSE')).split('APPENDIX')[0]}\n${ownText('llvm')}`,
    })),
];

/** The linker's maps of the WebAssembly programs below a build folder. */
export function linkerMaps(builds) {
  const maps = readdirSync(builds)
    .filter((preset) => preset.startsWith('wasm-') && existsSync(join(builds, preset, 'wasm')))
    .flatMap((preset) => readdirSync(join(builds, preset, 'wasm')).filter((name) => name.endsWith('.map')).map((name) => join(builds, preset, 'wasm', name)));
  if (maps.length === 0) throw new Error(`no linker's map in ${builds}/wasm-*/wasm: build the WebAssembly programs first`);
  return maps;
}

/** The archives in a map that are not ours: { name, path } without what tells their kinds apart (threads, exceptions). */
export function linkedArchives(map) {
  const found = new Map();
  for (const [, path, file] of map.matchAll(/(\S*?)\blib([\w.+-]+)\.a\(/g)) {
    const name = file.replace(/(-(mt|ww|except|noexcept|legacyexcept|wasm-sjlj|debug|tracing))+$/, '');
    if (!name.startsWith('brushwork_')) found.set(name, path);
  }
  return [...found].map(([name, path]) => ({ name, path }));
}

/** Rows of tools/dev/versions.sh, and of cmake/deps/sources.cmake. */
function pinned() {
  const rows = /DEP_SOURCES="\n([^"]*)"/.exec(read(join(root, 'tools/dev/versions.sh')))[1].trim().split('\n').map((row) => row.split(' '));
  const repositories = new Map(
    [...read(join(root, 'cmake/deps/sources.cmake')).matchAll(/^brushwork_source\((\w+) (\S+)\.git (\S+)\)/gm)].map(([, id, url, tag]) => [id, { url, tag }]),
  );
  return rows.map(([id, , file, sha256]) => ({ id, file, sha256, ...repositories.get(id) }));
}

function licenceTexts(id) {
  const folder = [join(cache, 'sources', id), join(cache, 'licences', id)].find((candidate) => existsSync(candidate));
  if (!folder) throw new Error(`${id}: no source in ${cache}/sources: run './dev setup'`);
  const files = readdirSync(folder).filter((name) => /^LICENSE/.test(name) && statSync(join(folder, name)).isFile()).sort();
  return files.map((name) => read(join(folder, name))).join('\n');
}

/** Throws if a component has no licence that we accept, or no text. */
export function checked(component) {
  const { name, licence, text } = component;
  if (!ACCEPTED.has(licence)) throw new Error(`${name}: got the licence ${JSON.stringify(licence)}, needed one of ${[...ACCEPTED].join(', ')}`);
  if (!text?.trim()) throw new Error(`${name}: its licence has no text`);
  return component;
}

/** The C++ libraries that are pinned, with their licences. */
export function libraries() {
  return pinned().map(({ id, file, sha256, url, tag }) => {
    const known = LIBRARIES[id];
    if (!known) throw new Error(`${id} of tools/dev/versions.sh is not in tools/licences/components.mjs: what is its licence?`);
    const version = tag.replace(/^v/, '');
    const purl = `pkg:${url.replace('https://github.com/', 'github/').toLowerCase()}@${tag}`;
    return checked({ ...known, id, version, url, purl, file, sha256, text: licenceTexts(id) });
  });
}

/** Emscripten's libraries that are linked, by the maps; throws for what nobody knows. */
export function systemLibraries(maps) {
  const archives = maps.flatMap((path) => linkedArchives(read(path)));
  const ours = new Set(Object.values(LIBRARIES).map(({ library }) => library));
  const used = new Set();
  for (const { name } of archives) {
    const system = SYSTEM.find(({ libraries: names }) => names.includes(name));
    if (system) used.add(system);
    else if (!ours.has(name)) throw new Error(`the programs link lib${name}.a, which is not in tools/licences/components.mjs: what is its licence?`);
  }
  const em = archives.find(({ path }) => path.includes('/cache/sysroot/'))?.path.replace(/\/cache\/sysroot\/.*/, '');
  if (!em) throw new Error(`no library of Emscripten in ${maps.join(', ')}`);
  return [...used].map(({ id, name, licence, version, text }) => checked({ id, name, licence, version: version(em), use: 'engine', text: text(em) }));
}

/** Everything of others in the WebAssembly programs of a build folder. */
export function linkedComponents(builds) {
  return [...libraries().filter(({ use }) => use === 'engine'), ...systemLibraries(linkerMaps(builds))];
}
