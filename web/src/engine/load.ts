/** Fetches, compiles and starts one of the four builds. */
import { BrushworkError, messageOf } from '../errors.js';
import { openUrl, readNodeFile } from '../download.js';
import type { EngineModule, ModuleFactory, ModuleOptions } from './module.js';
import type { StartRequest } from './protocol.js';
import type { StageProgress } from '../progress.js';

/** Compiles while downloading where the server sends the right type; else downloads first. */
export async function compileModule(url: string, onProgress: StageProgress): Promise<WebAssembly.Module> {
  onProgress('download', 0, 1);
  const file = await readNodeFile(url);
  if (file) return WebAssembly.compile(file);
  const response = await openUrl(url);
  onProgress('download', 1, 1);
  onProgress('compile', 0, 1);
  const streamable = response.headers.get('content-type')?.startsWith('application/wasm') ?? false;
  try {
    if (streamable) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) throw new BrushworkError('internal', `${url}: ${error.message}`, { cause: error });
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
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

/** A started engine module. `onCrash` is told if it stops for good. */
export async function startModule(
  request: StartRequest,
  compiled: WebAssembly.Module,
  factory: ModuleFactory,
  onCrash: (reason: string) => void,
): Promise<EngineModule> {
  let fail: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const options: ModuleOptions = {
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled), fail);
      return {};
    },
    locateFile: () => request.wasm,
    print: () => undefined,
    printErr: () => undefined,
    onAbort: (reason) => {
      onCrash(String(reason));
      fail(new BrushworkError('internal', `the engine stopped: ${String(reason)}`));
    },
  };
  if (request.threaded) {
    options.wasmMemory = sharedMemory();
    options.brushworkThreads = request.threads;
  }
  return Promise.race([factory(options), failure]);
}

export async function importFactory(url: string): Promise<ModuleFactory> {
  try {
    const glue = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as { default: ModuleFactory };
    return glue.default;
  } catch (error) {
    throw new BrushworkError('network', `${url}: ${messageOf(error)}`, { cause: error });
  }
}
