/** From the next load on, `window.workers` has every worker that the page starts, in order: the engine's own first. */
export const watchWorkers = (page) =>
  page.addInitScript(() => {
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        window.workers.push(this);
      }

      /** What it is: its first calls tell. */
      postMessage(message, ...rest) {
        const [call] = message.path ?? [];
        if (call === 'start') this.role = 'engine';
        if (call === 'help' || call === 'runThread') this.role = 'others';
        super.postMessage(message, ...rest);
      }
    };
  });
