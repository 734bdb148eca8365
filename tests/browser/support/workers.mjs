/**
 * From the next load on, `window.workers` has every worker that the page starts, in order: the engine's own first. Each knows its `role` ('engine',
 * 'helper', 'thread'), whether it was `ended`, and a `label` of its own, which its script sees as `self.name`.
 */
export const watchWorkers = (page) =>
  page.addInitScript(() => {
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(url, options) {
        const label = `${options?.name} ${window.workers.length + 1}`;
        super(url, { ...options, name: label });
        this.label = label;
        window.workers.push(this);
      }

      terminate() {
        this.ended = true;
        super.terminate();
      }

      /** What it is: its first calls tell. */
      postMessage(message, ...rest) {
        const [call] = message.path ?? [];
        if (call === 'start') this.role = 'engine';
        if (call === 'help') this.role = 'helper';
        if (call === 'runThread') this.role = 'thread';
        super.postMessage(message, ...rest);
      }
    };
  });
