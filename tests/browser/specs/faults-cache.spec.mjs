// Cache Storage that is full, damaged, missing or broken: the engine paints nevertheless, and what is damaged is repaired.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
const FILES = 3; // an engine, a generator, its styles

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** Paints with an engine of its own; the hash, and which files were asked for. */
async function paint(page) {
  const asked = [];
  const note = (request) => /\.(wasm|onnx|bin)$/.test(request.url()) && asked.push(request.url().replace(/.*\//, ''));
  page.context().on('request', note);
  const hash = await page.evaluate(async (style) => {
    const engine = await window.bw.Brushwork.create({ threads: 1 });
    const painted = await window.t.sha256((await engine.stylize(window.t.picture(120, 90), { style })).data);
    engine.dispose();
    return painted;
  }, styleId);
  page.context().off('request', note);
  return { hash, asked };
}

const entries = (page) => page.evaluate(async () => (await caches.has('brushwork')) ? (await (await caches.open('brushwork')).keys()).length : 0);
const whole = (page) => expect.poll(() => entries(page)).toBe(FILES);

/** In the page: puts something else in place of every entry. */
const replaceAll = (page, how) => page.evaluate(async (kind) => {
  const cache = await caches.open('brushwork');
  for (const key of await cache.keys()) {
    const old = await cache.match(key);
    const bytes = new Uint8Array(await old.arrayBuffer());
    const { headers } = old;
    const put = (body, init) => cache.put(key, new Response(body, { headers, ...init }));
    const flip = (at) => {
      bytes[at] ^= 1;
      return put(bytes);
    };
    await {
      'a bit of the first byte': () => flip(0),
      'a bit in the middle': () => flip(bytes.length >> 1),
      'a bit of the last byte': () => flip(bytes.length - 1),
      'half of it': () => put(bytes.subarray(0, bytes.length >> 1)),
      'nothing': () => put(new Uint8Array(0)),
      'too much': () => put(new Blob([bytes, 'more'])),
      'HTML': () => put('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      'an error': () => put('no', { status: 404 }),
      'the wrong type': () => put(bytes, { headers: { 'content-type': 'text/plain' } }),
      'no headers': () => put(bytes, { headers: {} }),
      'another file': async () => put((await (await fetch('/web/dist/assets/brushwork-video.wasm')).blob())),
    }[kind]();
  }
}, how);

test('entries that are damaged are fetched again, and kept', async ({ harness, page }) => {
  await harness();
  const first = await paint(page);
  await whole(page);
  expect((await paint(page)).asked).toEqual([]);
  for (const how of ['a bit of the first byte', 'a bit in the middle', 'a bit of the last byte', 'half of it', 'nothing', 'too much', 'HTML', 'an error', 'another file']) {
    await replaceAll(page, how);
    const repaired = await paint(page);
    expect(repaired.hash, how).toBe(first.hash);
    expect(repaired.asked.length, how).toBe(FILES);
    await whole(page);
    // The repair is kept.
    await expect.poll(async () => (await paint(page)).asked, { message: how }).toEqual([]);
  }
  // What is in them is what counts.
  for (const how of ['the wrong type', 'no headers']) {
    await replaceAll(page, how);
    expect((await paint(page)).hash, how).toBe(first.hash);
  }
});

test('storage that is full: nothing is kept; once there is room, everything is', async ({ harness, page }) => {
  await harness();
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  for (const quota of [1, 100_000, 400_000]) {
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: quota });
    expect((await paint(page)).hash).toBeTruthy();
    await page.waitForTimeout(200);
    expect(await entries(page), `${quota} bytes`).toBeLessThan(FILES);
  }
  const before = await paint(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  expect((await paint(page)).hash).toBe(before.hash);
  await whole(page);
  expect((await paint(page)).asked).toEqual([]);
});

/** Ways in which the API itself fails, in pages and in workers. */
const broken = {
  'is missing, as in pages without a secure context': () => Object.defineProperty(globalThis, 'caches', { value: undefined }),
  'throws when it is looked at, as in sandboxed frames': () => Object.defineProperty(globalThis, 'caches', { get: () => { throw new DOMException('denied', 'SecurityError'); } }),
  'opens nothing': () => { CacheStorage.prototype.open = () => Promise.reject(new DOMException('broken', 'UnknownError')); },
  'opens nothing and throws at once': () => { CacheStorage.prototype.open = () => { throw new DOMException('broken', 'UnknownError'); }; },
  'finds nothing, and says so by an error': () => { Cache.prototype.match = () => Promise.reject(new DOMException('broken', 'UnknownError')); },
  'keeps nothing': () => { Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError')); },
  'deletes and lists nothing': () => { Cache.prototype.delete = Cache.prototype.keys = () => Promise.reject(new DOMException('broken', 'UnknownError')); },
  'finds what cannot be read': () => {
    Cache.prototype.match = async () => new Response(new ReadableStream({ pull: (sink) => sink.error(new Error('the disk is gone')) }), { headers: { 'content-type': 'application/wasm' } });
  },
};

for (const [how, breakIt] of Object.entries(broken)) {
  test(`Cache Storage ${how}: painted nevertheless`, async ({ harness, page }) => {
    await harness();
    const expected = (await paint(page)).hash;
    await whole(page);
    // Workers have a Cache Storage of their own: theirs is broken at the head of their script.
    await page.route('**/brushwork-worker.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `(${breakIt})();\n${await response.text()}` });
    });
    await page.addInitScript(breakIt);
    await harness();
    expect((await paint(page)).hash).toBe(expected);
    await page.unroute('**/brushwork-worker.js');
  });
}
