/** Fetches, compiles and starts one of the four builds. */
import { BrushworkError, messageOf } from '../errors.js';
import { dropCached, findCached, keepCached } from '../cache.js';
import { openUrl, readNodeFile, sha256Of } from '../download.js';
import type { ModuleFactory, ModuleOptions } from './module.js';
import type { StageProgress } from '../progress.js';
import type { ProgramFiles } from './protocol.js';
import { ThreadWorker } from './threads.js';

/** A .wasm file. */
export interface WasmFile {
  url: string;
  /** Undefined in builds that do not know it. */
  sha256: string | undefined;
}

/** From Cache Storage, with `cache`, else from the network. */
export async function compileModule({ url, sha256 }: WasmFile, cache: boolean, onProgress: StageProgress): Promise<WebAssembly.Module> {
  onProgress('download', 0, 1);
  const file = await readNodeFile(url);
  if (file) return WebAssembly.compile(file);
  const key = cache ? sha256 : undefined;
  return (key !== undefined && (await compileCached(key, onProgress))) || compileUrl(url, key, onProgress);
}

/** Compiles while downloading where the server sends the right type; else downloads first. */
async function compileUrl(url: string, key: string | undefined, onProgress: StageProgress): Promise<WebAssembly.Module> {
  const response = await openUrl(url);
  onProgress('download', 1, 1);
  onProgress('compile', 0, 1);
  const streamable = response.headers.get('content-type')?.startsWith('application/wasm') ?? false;
  const copy = key === undefined ? undefined : response.clone();
  try {
    const compiled = await (streamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
    if (key !== undefined && copy) void keep(key, copy);
    return compiled;
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) {
      throw new BrushworkError('unsupported-environment', `${url}: this browser cannot compile it: ${error.message}`, { cause: error });
    }
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

async function compileCached(key: string, onProgress: StageProgress): Promise<WebAssembly.Module | undefined> {
  const response = await findCached(key);
  if (!response) return undefined;
  onProgress('download', 1, 1);
  onProgress('compile', 0, 1);
  try {
    return await WebAssembly.compileStreaming(response);
  } catch {
    await dropCached(key);
    return undefined;
  }
}

/** In the background: the painting does not wait for it. */
async function keep(key: string, response: Response): Promise<void> {
  const bytes = await response.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  if (bytes && (await sha256Of(bytes)) === key) await keepCached(key, bytes, 'application/wasm');
}

const PAGE = 65536;
const INITIAL_PAGES = (16 << 20) / PAGE; // INITIAL_MEMORY of wasm/CMakeLists.txt

/** Shared memory reserves its maximum as address space, which some devices refuse: asks for less until it gets some. */
function sharedMemory(): WebAssembly.Memory {
  for (let maximum = 65536; maximum >= 4096; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true });
    } catch {
      // Try half as much.
    }
  }
  throw new BrushworkError('out-of-memory', 'no shared memory to be had, not even 256 MB');
}

/** A started module. `ports`: to its threads, if it has any. `onCrash` is told if it stops for good. */
export async function startModule<M>(
  wasm: string,
  ports: readonly MessagePort[],
  compiled: WebAssembly.Module,
  factory: ModuleFactory<M>,
  onCrash: (reason: string) => void,
): Promise<M> {
  let fail: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const options: ModuleOptions = {
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), fail);
      return {};
    },
    locateFile: () => wasm,
    print: () => undefined,
    printErr: () => undefined,
    onAbort: (reason) => {
      onCrash(String(reason));
      fail(new BrushworkError('internal', `the engine stopped: ${String(reason)}`));
    },
  };
  if (ports.length > 0) {
    const threads = ports.map((port) => new ThreadWorker(port));
    options.wasmMemory = sharedMemory();
    options.brushworkThreads = threads.length + 1;
    options.brushworkThread = () => {
      const thread = threads.shift();
      if (!thread) throw new BrushworkError('internal', 'the engine wants more threads than it asked for');
      return thread;
    };
  }
  return Promise.race([factory(options), failure]);
}

export async function importFactory<M>(url: string): Promise<ModuleFactory<M>> {
  try {
    const glue = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as { default: ModuleFactory<M> };
    return glue.default;
  } catch (error) {
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

/** A program that needs neither threads nor progress. */
export async function startProgram<M>({ glue, wasm }: ProgramFiles): Promise<M> {
  const [compiled, factory] = await Promise.all([
    compileModule({ url: wasm, sha256: undefined }, false, () => undefined),
    importFactory<M>(glue),
  ]);
  return startModule(wasm, [], compiled, factory, () => undefined);
}
