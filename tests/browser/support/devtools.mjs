// Chromium's own protocol, by a port of its own: the heaps of workers, which Playwright's sessions do not reach.
import { createServer } from 'node:net';

/** A thread that waits for work answers nobody: it is left out. */
const ANSWER_MS = 3000;
const pause = (wait) => new Promise((resolve) => setTimeout(resolve, wait));

/** A port that nobody listens at, for the flag --remote-debugging-port. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function connect(port) {
  const { webSocketDebuggerUrl } = await (await fetch(`http://127.0.0.1:${port}/json/version`)).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no connection to ${webSocketDebuggerUrl}`));
  });
  return socket;
}

/** Calls and events of all sessions. `onEvent`: of a method's name, its parameters. */
async function protocol(port, onEvent) {
  const socket = await connect(port);
  const waiting = new Map();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const { id, result, error, method, params } = JSON.parse(data);
    if (method) return onEvent(method, params);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  };
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, { resolve, reject });
    socket.send(JSON.stringify({ id: last, method, params, ...(sessionId && { sessionId }) }));
  });
  return { send, close: () => socket.close() };
}

/** The heaps of all workers of the page at this URL, after a collection: `heaps()` is the sum of each figure of Runtime.getHeapUsage. */
export async function watchWorkers(port, url) {
  const workers = new Set();
  const onEvent = (method, { sessionId, targetInfo }) => {
    if (method === 'Target.attachedToTarget' && targetInfo.type === 'worker') workers.add(sessionId);
    if (method === 'Target.detachedFromTarget') workers.delete(sessionId);
  };
  const { send, close } = await protocol(port, onEvent);
  const { targetInfos } = await send('Target.getTargets');
  const { targetId } = targetInfos.find((target) => target.type === 'page' && target.url === url);
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true }, sessionId);
  const measure = async (worker) => {
    await send('HeapProfiler.collectGarbage', {}, worker);
    return send('Runtime.getHeapUsage', {}, worker);
  };
  const heaps = async () => {
    const sum = { usedSize: 0, backingStorageSize: 0 };
    for (const worker of workers) {
      const usage = await Promise.race([measure(worker), pause(ANSWER_MS)]);
      for (const name of Object.keys(sum)) sum[name] += usage?.[name] ?? 0;
      if (!usage) workers.delete(worker);
    }
    return { ...sum, count: workers.size };
  };
  return { heaps, close };
}
