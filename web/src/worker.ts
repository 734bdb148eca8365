/** The script of the package's workers: the engine's host, one of its helpers, or one of its threads. */
import * as Comlink from 'comlink';
import { HelperHost } from './engine/helper.js';
import { EngineHost } from './engine/host.js';
import { takeLifeline } from './engine/lifeline.js';
import type { WorkerApi } from './engine/protocol.js';
import { runThread } from './engine/threads.js';

class WorkerEntry extends EngineHost implements WorkerApi {
  takeLifeline(): Promise<string | undefined> {
    return takeLifeline();
  }

  help(port: MessagePort): void {
    Comlink.expose(new HelperHost(), port);
  }

  runThread(port: MessagePort, glue: string): Promise<void> {
    return runThread(port, glue);
  }
}

Comlink.expose(new WorkerEntry());
