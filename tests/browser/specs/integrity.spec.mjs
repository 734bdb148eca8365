// A byte that is not as it was published: nothing runs, nothing is kept, and the next try is as the first.
import { chromium } from '@playwright/test';
import { launchOptions } from '../playwright.config.mjs';
import { expect, test } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
/** A name that only the browser below knows. */
const INSECURE_HOST = 'brushwork.test';

/** Lets a byte of the files that match be another one, while it is on. */
async function damage(page, pattern) {
  const network = { damaged: true, asked: 0 };
  await page.route(pattern, async (route) => {
    network.asked += 1;
    const response = await route.fetch({ url: route.request().url().replace(INSECURE_HOST, 'localhost') });
    const body = await response.body();
    if (network.damaged) body[Math.floor(body.length / 2)] ^= 1;
    await route.fulfill({ response, body });
  });
  return network;
}

const entries = (page) => page.evaluate(async () => (await (await caches.open('brushwork')).keys()).map(({ url }) => url.replace(/.*\//, '')));

const MISMATCH = /: got \d+ bytes with sha256 ([0-9a-f]{64}), needed ([0-9a-f]{64})$/;

/** What each file is needed for. */
const uses = {
  'brushwork-relaxed-threads.wasm': (page) => page.evaluate(() => window.t.outcome(window.bw.Brushwork.create({ threads: 2 }))),
  'painter.onnx': (page) => paint(page),
  'painter-styles.bin': (page) => paint(page),
  'painter-encoder.onnx': (page) => page.evaluate(async () => {
    window.engine ??= await window.bw.Brushwork.create({ threads: 2 });
    return window.t.outcome(window.engine.styleFromImage(window.t.picture(64, 64)));
  }),
  'brushwork-video.wasm': (page) => page.evaluate(async (style) => {
    window.engine ??= await window.bw.Brushwork.create({ threads: 2 });
    const frame = new VideoFrame(new Uint8Array(64 * 48 * 4).fill(99), { format: 'RGBA', codedWidth: 64, codedHeight: 48, timestamp: 0 });
    const frames = new ReadableStream({ start: (controller) => (controller.enqueue(frame), controller.close()) });
    const read = async () => {
      for await (const painted of frames.pipeThrough(window.engine.video({ style }))) painted.close();
    };
    return window.t.outcome(read());
  }, styleId),
};

function paint(page) {
  return page.evaluate(async (style) => {
    window.engine ??= await window.bw.Brushwork.create({ threads: 2 });
    return window.t.outcome(window.engine.stylize(window.t.picture(64, 64), { style }));
  }, styleId);
}

for (const [name, use] of Object.entries(uses)) {
  test(`${name}: a byte that is wrong is refused, and not kept; the next try works`, async ({ harness, page }) => {
    const network = await damage(page, `**/assets/${name}`);
    await harness();
    const refused = await use(page);
    expect(refused).toMatchObject({ ok: false, code: 'network', ours: true });
    expect(refused.message).toContain(name);
    const [, got, needed] = MISMATCH.exec(refused.message);
    expect(got).not.toBe(needed);
    const kept = await entries(page);
    expect(kept).not.toContain(got);
    expect(kept).not.toContain(needed);
    expect(network.asked).toBe(1);
    network.damaged = false;
    expect(await use(page)).toEqual({ ok: true });
    expect(network.asked).toBe(2);
  });
}

test.describe('plain HTTP, where there is no SubtleCrypto', () => {
  /** A page of a host that is not this machine, as far as the browser knows. */
  const insecure = test.extend({
    page: async ({ plain }, use) => {
      const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`] });
      const page = await browser.newPage();
      page.start = async () => {
        await page.goto(`${plain.replace('localhost', INSECURE_HOST)}tests/browser/pages/harness.html`);
        await page.waitForFunction(() => window.t !== undefined);
        expect(await page.evaluate(() => [isSecureContext, crypto.subtle === undefined])).toEqual([false, true]);
      };
      await use(page);
      await browser.close();
    },
  });

  insecure('paints', async ({ page }) => {
    await page.start();
    expect(await paint(page)).toEqual({ ok: true });
  });

  for (const name of ['brushwork-relaxed.wasm', 'painter.onnx']) {
    insecure(`${name}: a byte that is wrong is refused by the browser; the next try works`, async ({ page }) => {
      const network = await damage(page, `**/assets/${name}`);
      await page.start();
      const use = name === 'painter.onnx' ? paint : uses['brushwork-relaxed-threads.wasm'];
      const refused = await use(page);
      expect(refused).toMatchObject({ ok: false, code: 'network', ours: true });
      expect(refused.message).toMatch(new RegExp(`${name}: Failed to fetch; needed the file with sha256 [0-9a-f]{64}$`));
      network.damaged = false;
      expect(await use(page)).toEqual({ ok: true });
    });
  }
});
