// Engines whose memory may not grow: the n-th time that one asks, and from then on until its call has ended.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';
import { watchWorkers } from '../support/workers.mjs';

const style = styles[0].id;

test.beforeEach(async ({ page }) => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
  await watchWorkers(page);
  await page.route('**/brushwork-worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${REFUSE}\n${await response.text()}` });
  });
});

/** Put in front of the script of every worker: where an engine runs, takes orders, and tells what came of the last one. */
const REFUSE = `{
  const { instantiate, Memory: { prototype: { grow } } } = WebAssembly;
  const channel = new BroadcastChannel('memory');
  let isEngine = false;
  let from = Infinity;
  let asked = 0;
  let answer = { order: 0 };
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (++asked >= from) throw new RangeError('WebAssembly.Memory.grow(): refused by the test');
    return grow.call(this, pages);
  };
  WebAssembly.instantiate = (...program) => {
    isEngine = true;
    return instantiate(...program);
  };
  channel.onmessage = ({ data }) => {
    if (!isEngine || data.from === undefined) return; // or another worker's answer
    if (data.order > answer.order) {
      answer = { order: data.order, asked, worker: self.name };
      from = data.from;
      asked = 0;
    }
    channel.postMessage(answer);
  };
}`;

/** What the engine is to do, by name: `prepare`, if any, with all the memory it wants. */
const OPERATIONS = {
  paint: { run: async (engine, { t, photo, style }) => t.sha256((await engine.stylize(photo, { style })).data) },
  'paint through a mask, with a broad brush': {
    run: async (engine, { t, photo, style }) =>
      t.sha256((await engine.stylize(photo, { style, strength: 0.5, brush: 0.5, mask: t.picture(300, 200, 3) })).data),
  },
  encode: {
    prepare: (engine, { photo, style }) => engine.stylize(photo, { style }),
    run: async (_, { t, prepared }) => t.sha256(await (await prepared.toBlob('image/png')).arrayBuffer()),
  },
  "take a picture's style": { run: async (engine, { photo }) => JSON.stringify((await engine.styleFromImage(photo)).toJSON().parts) },
};

/** Runs in the page. */
async function start([create, style]) {
  window.engine = await window.bw.Brushwork.create({ host: 'worker', backend: 'wasm', ...create });
  await window.engine.stylize(window.t.picture(400, 300), { style });
  return window.engine.backend.parallelism;
}

/** Runs in the page: with the engine refused its n-th growth and all after it; then again, refused nothing. */
async function attempt([sources, n, size, style]) {
  const { engine, t, workers } = window;
  const channel = new BroadcastChannel('memory');
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  // Threads wait for work without looking at their messages; they don't ask for memory either.
  const engines = () => workers.filter(({ role, ended }) => (role === 'engine' || role === 'helper') && !ended);
  let last = 0;
  // How often each was asked since the last order. A helper may be replaced at any time: the order goes out until all that there are have it.
  const order = async (from = Infinity) => {
    const number = ++last;
    const answers = new Map();
    channel.onmessage = ({ data }) => data.order === number && data.worker && answers.set(data.worker, data.asked);
    const missing = () => engines().filter(({ label }) => !answers.has(label));
    for (let tries = 0; missing().length > 0; ++tries) {
      if (tries === 2000) throw new Error(`no answer from ${missing().map(({ label, role }) => `${label}, ${role}`)}`);
      channel.postMessage({ order: number, from });
      await pause(20);
    }
    return Math.max(...answers.values());
  };
  const [prepare, run] = sources.map((source) => source && (0, eval)(`(${source})`));
  const context = { t, style, photo: t.picture(...size) };
  context.prepared = await prepare?.(engine, context);
  const outcome = () => run(engine, context).then((result) => ({ result }), ({ code, message }) => ({ code, message }));
  await order(n);
  const first = await outcome();
  const asked = await order();
  const second = await outcome();
  channel.close();
  return { first, asked, second };
}

const PAGES = [
  { parallelism: 'threads', isolation: true, create: { threads: 2 }, size: [1600, 1200] },
  { parallelism: 'none', isolation: false, create: { threads: 1 }, size: [1600, 1200] },
  // Each worker has a part of it.
  { parallelism: 'workers', isolation: false, create: { threads: 2 }, size: [2400, 1800] },
];
for (const { parallelism, isolation, create, size } of PAGES) {
  for (const [name, { prepare, run }] of Object.entries(OPERATIONS)) {
    test(`${name}, parallelism '${parallelism}': out-of-memory, and then as ever`, async ({ harness }) => {
      const at = async (n) => {
        // A page of its own, in which no workers of the last engine are left.
        const page = await harness({ isolation });
        expect(await page.evaluate(start, [create, style])).toBe(parallelism);
        return page.evaluate(attempt, [[prepare && String(prepare), String(run)], n, size, style]);
      };
      const whole = await at(Infinity);
      expect(whole.first).toEqual({ result: expect.any(String) });
      expect(whole.asked).toBeGreaterThan(0);
      let refused = 0;
      for (let n = 1; ; ++n) {
        const { first, asked, second } = await at(n);
        expect(second, `after growth ${n} was refused`).toEqual(whole.first);
        if (asked < n) break;
        ++refused;
        // What one worker has no memory for, another one paints.
        if (parallelism === 'workers' && 'result' in first) expect(first).toEqual(whole.first);
        else expect(first, `growth ${n} refused`).toEqual({ code: 'out-of-memory', message: expect.any(String) });
      }
      expect(refused).toBeGreaterThan(0);
    });
  }
}
