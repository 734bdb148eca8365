/** Fetches, compiles and starts one of the four builds. */
import { BrushworkError } from '../errors.js';
import { dropCached, findCached, keepCached } from '../cache.js';
import { networkError, openUrl, readBody, readNodeFile, verifySha256 } from '../download.js';
import type { ModuleFactory, ModuleOptions } from './module.js';
import type { StageProgress } from '../progress.js';
import type { ProgramFiles } from './protocol.js';
import { unlessStalled } from '../stall.js';
import { ThreadWorker } from './threads.js';

/** A .wasm file. */
export interface WasmFile {
  url: string;
  sha256: string;
}

/** From Cache Storage, with `cache`, else from the network. Rejects with 'network' if it is not the file that was published. */
export async function compileModule(wasm: WasmFile, cache: boolean, onProgress: StageProgress): Promise<WebAssembly.Module> {
  const { url, sha256 } = wasm;
  onProgress('download', 0, 1);
  const file = await readNodeFile(url);
  if (file) {
    await verifySha256(file, sha256, url);
    return WebAssembly.compile(file);
  }
  return (cache && (await compileKept(wasm, onProgress))) || compileResponse(await openUrl(url, wasm), wasm, cache, onProgress);
}

async function compileKept(wasm: WasmFile, onProgress: StageProgress): Promise<WebAssembly.Module | undefined> {
  const response = await findCached(wasm.sha256);
  try {
    return response && (await compileResponse(response, wasm, false, onProgress));
  } catch {
    await dropCached(wasm.sha256);
    return undefined;
  }
}

/** Compiles while a copy is verified, and hands nothing out before that is done. */
async function compileResponse(
  response: Response, { url, sha256 }: WasmFile, keep: boolean, onProgress: StageProgress,
): Promise<WebAssembly.Module> {
  onProgress('download', 1, 1);
  onProgress('compile', 0, 1);
  const copy = response.clone();
  const compiling = compile(response, url);
  compiling.catch(() => undefined); // Of bytes that are wrong it says less than their sha256.
  const bytes = await readAll(copy, url);
  await verifySha256(bytes, sha256, url);
  const compiled = await compiling;
  if (keep) void keepCached(sha256, bytes, 'application/wasm');
  return compiled;
}

/** While downloading where the server sends the right type; else downloads first. */
async function compile(response: Response, url: string): Promise<WebAssembly.Module> {
  const streamable = response.headers.get('content-type')?.startsWith('application/wasm') ?? false;
  try {
    return await (streamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) {
      throw new BrushworkError('unsupported-environment', `${url}: this browser cannot compile it: ${error.message}`, { cause: error });
    }
    throw networkError(url, error);
  }
}

async function readAll(response: Response, url: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readBody(response);
  } catch (error) {
    throw networkError(url, error);
  }
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

let failures = 0;

/** A browser may keep for ever what it could not read as a module: by its URL, so the next one has another. */
export async function importFactory<M>(url: string): Promise<ModuleFactory<M>> {
  const fresh = failures > 0 ? `${url}#${failures}` : url;
  try {
    const glue = (await unlessStalled(import(/* @vite-ignore */ /* webpackIgnore: true */ fresh))) as { default?: ModuleFactory<M> };
    if (glue.default) return glue.default;
    throw new Error('got a module without what it should export');
  } catch (error) {
    failures += 1;
    throw networkError(url, error);
  }
}

/** A program that needs neither threads nor progress. */
export async function startProgram<M>({ glue, wasm, sha256 }: ProgramFiles): Promise<M> {
  const [compiled, factory] = await Promise.all([
    compileModule({ url: wasm, sha256 }, false, () => undefined),
    importFactory<M>(glue),
  ]);
  return startModule(wasm, [], compiled, factory, () => undefined);
}
