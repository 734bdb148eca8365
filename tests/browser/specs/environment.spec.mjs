// What the package makes of pages that give it less: strict policies, no workers, no threads, no network.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
const SELF = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** The policy of all files, in place of the server's. */
async function setPolicy(page, policy) {
  await page.route('**/*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
}

/** Creates an engine, paints a small picture; its backend and hash. */
function paint(page, create = {}) {
  return page.evaluate(async ([options, style]) => {
    const engine = await window.bw.Brushwork.create(options);
    const painting = await engine.stylize(window.t.picture(300, 260), { style });
    window.engine = engine;
    return { backend: engine.backend, hash: await window.t.sha256(painting.data) };
  }, [create, styleId]);
}

/** What is painted in an ordinary page. */
let expected;
test.beforeAll(async ({ browser, isolated }) => {
  const page = await browser.newPage();
  await page.goto(`${isolated}tests/browser/pages/harness.html`);
  await page.waitForFunction(() => window.t !== undefined);
  expected = (await paint(page)).hash;
  await page.close();
});

test.describe('content security policies', () => {
  const policies = {
    'workers from blobs, too': `${SELF}; worker-src 'self' blob:`,
    'workers from this site only': `${SELF}; worker-src 'self'`,
  };
  for (const [name, policy] of Object.entries(policies)) {
    for (const isolation of [true, false]) {
      test(`${name}, ${isolation ? 'isolated' : 'not isolated'}`, async ({ harness, page, consoleErrors }) => {
        await setPolicy(page, policy);
        const { backend, hash } = await paint(await harness({ isolation }), { threads: 2 });
        expect(hash).toBe(expected);
        expect(backend.parallelism).toBe(isolation ? 'threads' : 'workers');
        // The harness page's own icon.
        const violations = consoleErrors.splice(0).filter((text) => !text.includes("'data:,'"));
        expect(violations).toEqual([]);
      });
    }
  }

  test('no workers at all: in the calling thread', async ({ harness, page, consoleErrors }) => {
    await setPolicy(page, `${SELF}; worker-src 'none'`);
    const { backend, hash } = await paint(await harness());
    expect(hash).toBe(expected);
    expect(backend).toMatchObject({ threads: 1, parallelism: 'none' });
    expect(backend.reasons.join('\n')).toMatch(/^in the calling thread: the engine's worker could not be started/m);
    const asked = await page.evaluate(() => window.t.outcome(window.bw.Brushwork.create({ host: 'worker' })));
    expect(asked).toMatchObject({ ok: false, code: 'unsupported-environment', ours: true });
    consoleErrors.length = 0; // the browser's own, about the policy
  });
});

test('a worker whose script does not load: in the calling thread', async ({ harness, page, consoleErrors }) => {
  await page.route('**/brushwork-worker.js', (route) => route.fulfill({ status: 404 }));
  const { backend, hash } = await paint(await harness());
  expect(hash).toBe(expected);
  expect(backend.parallelism).toBe('none');
  consoleErrors.length = 0; // the 404
});

/** A build of the package with other files under these names: the package knows their sha256. */
async function publish(page, files) {
  const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
  const hashes = Object.entries(files).map(([name, bytes]) => [sha256(readFileSync(join(root, 'web/dist/assets', name))), sha256(bytes)]);
  for (const [name, body] of Object.entries(files)) {
    await page.route(`**/assets/${name}`, async (route) => route.fulfill({ response: await route.fetch(), body }));
  }
  await page.route('**/web/dist/*.js', async (route) => {
    const response = await route.fetch();
    let body = await response.text();
    for (const [was, is] of hashes) body = body.replaceAll(was, is);
    await route.fulfill({ response, body });
  });
}

test('relaxed SIMD that does not compile: SIMD, as fast as that is', async ({ harness, page }) => {
  const broken = (name) => {
    const bytes = readFileSync(join(root, 'web/dist/assets', name));
    bytes[8] = 0x7f; // no such section
    return [name, bytes];
  };
  await publish(page, Object.fromEntries(['brushwork-relaxed-threads.wasm', 'brushwork-relaxed.wasm'].map(broken)));
  const { backend, hash } = await paint(await harness(), { threads: 2 });
  expect(hash).toBe(expected);
  expect(backend).toMatchObject({ variant: 'simd', threads: 2, parallelism: 'threads' });
  expect(backend.reasons.join('\n')).toMatch(/^SIMD: relaxed SIMD did not start: .*brushwork-relaxed-threads\.wasm/m);
});

test('threads that do not start: workers', async ({ harness, page }) => {
  // Files without threads under the names of those with.
  await page.route('**/brushwork-relaxed-threads.mjs', (route) => route.fulfill({ path: join(root, 'web/dist/assets/brushwork-relaxed.mjs') }));
  await publish(page, { 'brushwork-relaxed-threads.wasm': readFileSync(join(root, 'web/dist/assets/brushwork-relaxed.wasm')) });
  const { backend, hash } = await paint(await harness(), { threads: 2 });
  expect(hash).toBe(expected);
  expect(backend).toMatchObject({ threads: 2, parallelism: 'workers', variant: 'relaxed-simd' });
  expect(backend.reasons.join('\n')).toMatch(/^no threads: 2 did not start: /m);
});

test('no worker is started by another worker', async ({ harness, page }) => {
  await page.addInitScript(() => {
    window.started = 0;
    window.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        window.started += 1;
      }
    };
  });
  await paint(await harness(), { threads: 3 });
  expect(page.workers().length).toBe(3);
  expect(await page.evaluate(() => window.started)).toBe(3);
  await page.evaluate(() => window.engine.dispose());
  await expect.poll(() => page.workers().length).toBe(0);
});

test('a policy that allows no WebAssembly is an error that says so', async ({ harness, page, consoleErrors }) => {
  await setPolicy(page, "default-src 'self'; script-src 'self'");
  await harness();
  for (const host of ['worker', 'inline']) {
    const outcome = await page.evaluate((where) => window.t.outcome(window.bw.Brushwork.create({ host: where })), host);
    expect(outcome).toMatchObject({ ok: false, code: 'unsupported-environment', ours: true });
    expect(outcome.message).toMatch(/Content Security Policy/);
  }
  consoleErrors.length = 0; // the browser's own, about the policy
});

test('nothing is fetched from elsewhere, and nothing at all once the style is there', async ({ harness, page }) => {
  const requests = [];
  page.context().on('request', (request) => requests.push(request.url()));
  await page.routeWebSocket(/.*/, (socket) => requests.push(socket.url()));
  await harness();
  const { origin } = new URL(page.url());
  await page.evaluate(async (style) => {
    window.engine = await window.bw.Brushwork.create();
    await window.engine.style(style);
    await window.engine.styleFromImage(window.t.picture(64, 64));
  }, styleId);
  expect(requests.length).toBeGreaterThan(5);
  expect(requests.filter((url) => new URL(url).origin !== origin)).toEqual([]);
  requests.length = 0;
  const ids = styles.map(({ id }) => id);
  await page.evaluate(async (all) => {
    const { engine, t } = window;
    const photo = t.picture(320, 240);
    for (const style of all) await (await engine.stylize(photo, { style, strength: 0.6, brush: 0.8, mask: photo })).toBlob('image/jpeg');
    const own = await engine.styleFromImage(photo);
    await engine.stylize(photo, { style: engine.mix([{ style: own, weight: 1 }, { style: await engine.style(all[0]), weight: 2 }]) });
  }, ids);
  expect(requests).toEqual([]);
});

test.describe('Cache Storage', () => {
  const isAsset = /\/assets\/[^/]*\.(wasm|onnx|bin)$/;

  /** Lets requests for assets through or not; those that were asked for. */
  async function watchAssets(page, network) {
    const asked = [];
    await page.route(isAsset, (route) => {
      asked.push(route.request().url().replace(/.*\//, ''));
      return network.on ? route.continue() : route.abort();
    });
    return asked;
  }

  const entries = (page) => page.evaluate(async () => (await (await caches.open('brushwork')).keys()).length);

  test('a second visit needs no network for the engine and its models', async ({ harness, page }) => {
    const network = { on: true };
    const asked = await watchAssets(page, network);
    const first = await paint(await harness());
    await page.evaluate(() => window.engine.styleFromImage(window.t.picture(40, 40)));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    await expect.poll(() => entries(page)).toBe(new Set(asked).size);
    asked.length = 0;
    network.on = false;
    const second = await paint(await harness());
    await page.evaluate(() => window.engine.styleFromImage(window.t.picture(40, 40)));
    expect(asked).toEqual([]);
    expect(second.hash).toBe(first.hash);
  });

  test('what is damaged there is fetched again', async ({ harness, page }) => {
    const asked = await watchAssets(page, { on: true });
    const first = await paint(await harness());
    await expect.poll(() => entries(page)).toBe(new Set(asked).size);
    const count = asked.length;
    await page.evaluate(async () => {
      const cache = await caches.open('brushwork');
      for (const key of await cache.keys()) {
        const bytes = new Uint8Array(await (await cache.match(key)).arrayBuffer());
        bytes.fill(0, bytes.length / 2);
        await cache.put(key, new Response(bytes, { headers: { 'content-type': 'application/wasm' } }));
      }
    });
    asked.length = 0;
    expect((await paint(await harness())).hash).toBe(first.hash);
    expect(asked.length).toBe(count);
  });

  test('old files of other versions are forgotten; recent ones, and the caches of others, are not', async ({ harness, page }) => {
    await harness();
    const put = (hash, days) => page.evaluate(async ([name, age]) => {
      const headers = { 'x-brushwork-kept': String(Date.now() - age * 24 * 3600 * 1000) };
      await (await caches.open('brushwork')).put(`https://brushwork.invalid/${name}`, new Response('old', { headers }));
      await (await caches.open('theirs')).put('/theirs', new Response('kept'));
    }, [hash, days]);
    const has = (cache, url) => page.evaluate(async ([name, key]) => Boolean(await (await caches.open(name)).match(key)), [cache, url]);
    await put('01', 40);
    await put('02', 3);
    await paint(page);
    await expect.poll(() => has('brushwork', 'https://brushwork.invalid/01')).toBe(false);
    expect(await has('brushwork', 'https://brushwork.invalid/02')).toBe(true);
    expect(await has('theirs', '/theirs')).toBe(true);
  });

  test('with cache: false nothing is kept', async ({ harness, page }) => {
    await harness();
    await paint(page, { cache: false });
    expect(await page.evaluate(() => caches.has('brushwork'))).toBe(false);
  });

  test('a cache that fails is no cache', async ({ harness, page }) => {
    await page.addInitScript(() => {
      CacheStorage.prototype.open = () => Promise.reject(new DOMException('the storage is full', 'QuotaExceededError'));
    });
    expect((await paint(await harness())).hash).toBe(expected);
  });
});
