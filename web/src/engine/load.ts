/** Fetches, compiles and starts one of the four builds. */
import { BrushworkError, messageOf } from '../errors.js';
import { dropCached, findCached, keepCached } from '../cache.js';
import { openUrl, readBody, readNodeFile, verifySha256 } from '../download.js';
import type { ModuleFactory, ModuleOptions } from './module.js';
import type { StageProgress } from '../progress.js';
import type { ProgramFiles } from './protocol.js';
import { unlessStalled } from '../stall.js';
import { ThreadWorker } from './threads.js';

/** A .wasm file. */
export interface WasmFile {
  url: string;
  /** Undefined in builds that do not know it. */
  sha256: string | undefined;
}

/** From Cache Storage, with `cache`, else from the network. What is not the file that was published is not run. */
export async function compileModule(wasm: WasmFile, cache: boolean, onProgress: StageProgress): Promise<WebAssembly.Module> {
  const { url, sha256 } = wasm;
  onProgress('download', 0, 1);
  const file = await readNodeFile(url);
  if (file) {
    if (sha256 !== undefined) await verifySha256(file, sha256, url);
    return WebAssembly.compile(file);
  }
  const key = cache ? sha256 : undefined;
  const kept = key === undefined ? undefined : await compileKept(key, wasm, onProgress);
  return kept ?? compileUrl(key, wasm, onProgress);
}

async function compileUrl(key: string | undefined, wasm: WasmFile, onProgress: StageProgress): Promise<WebAssembly.Module> {
  const response = await openUrl(wasm.url, wasm);
  const { compiled, bytes } = await compileResponse(response, wasm, onProgress);
  if (key !== undefined && bytes) void keepCached(key, bytes, 'application/wasm');
  return compiled;
}

async function compileKept(key: string, wasm: WasmFile, onProgress: StageProgress): Promise<WebAssembly.Module | undefined> {
  const response = await findCached(key);
  if (!response) return undefined;
  try {
    return (await compileResponse(response, wasm, onProgress)).compiled;
  } catch {
    await dropCached(key);
    return undefined;
  }
}

interface Compiled {
  compiled: WebAssembly.Module;
  /** Of the file, verified; undefined if its sha256 is not known. */
  bytes: Uint8Array<ArrayBuffer> | undefined;
}

/** Verifies a copy in the meantime. */
async function compileResponse(response: Response, { url, sha256 }: WasmFile, onProgress: StageProgress): Promise<Compiled> {
  onProgress('download', 1, 1);
  onProgress('compile', 0, 1);
  const copy = sha256 === undefined ? undefined : response.clone();
  const compiling = compile(response, url);
  compiling.catch(() => undefined); // Of bytes that are wrong it says less than their sha256.
  const bytes = copy && sha256 !== undefined ? await readVerified(copy, url, sha256) : undefined;
  return { compiled: await compiling, bytes };
}

/** Compiles while downloading where the server sends the right type; else downloads first. */
async function compile(response: Response, url: string): Promise<WebAssembly.Module> {
  const streamable = response.headers.get('content-type')?.startsWith('application/wasm') ?? false;
  try {
    return await (streamable ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer()));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) {
      throw new BrushworkError('unsupported-environment', `${url}: this browser cannot compile it: ${error.message}`, { cause: error });
    }
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}

async function readVerified(response: Response, url: string, sha256: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readBody(response);
  } catch (error) {
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
  await verifySha256(bytes, sha256, url);
  return bytes;
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
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
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
