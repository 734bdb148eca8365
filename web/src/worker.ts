/** The script of the package's workers: the engine's host, or one of its helpers. */
import * as Comlink from 'comlink';
import { HelperHost } from './engine/helper.js';
import { EngineHost } from './engine/host.js';
import type { WorkerApi } from './engine/protocol.js';

class WorkerEntry extends EngineHost implements WorkerApi {
  help(port: MessagePort): void {
    Comlink.expose(new HelperHost(), port);
  }
}

Comlink.expose(new WorkerEntry());
