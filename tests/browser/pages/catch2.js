/** Runs the tests in a worker, which may block. Resolves to { code, xml, log }. */
window.runCatch2 = (request) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./catch2-worker.js', import.meta.url), { type: 'module' });
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.error) reject(new Error(data.error));
      else resolve(data);
    };
    worker.postMessage(request);
  });
