/** The worker that the engine runs in. */
import * as Comlink from 'comlink';
import { EngineHost } from './engine/host.js';

Comlink.expose(new EngineHost());
