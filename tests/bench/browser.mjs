// Headless Chromium with the page of this folder in it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ortFolder = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));

const launchOptions = (more = []) => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to its path`);
  return {
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      ...more,
    ],
  };
};

/** What pages find where. `folders`: { dist, build, data, models }. */
const mountsOf = ({ dist, build, data, models }) => ({
  '/bench/': here,
  '/dist/': dist,
  '/ort/': ortFolder,
  '/made/': build,
  '/data/': data,
  '/models/': models,
});

async function openPage(context, url) {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`in the page: ${error}`));
  page.setDefaultTimeout(600_000);
  await page.goto(`${url}bench/page.html`);
  await page.waitForFunction(() => window.bench && window.fidelity && window.webgpu);
  return page;
}

/**
 * One browser and two servers for everything that is measured in one process: `open({ isolation })` makes a fresh page, which
 * `use` calls and closes again. `flags`: further ones of Chromium's.
 */
export async function startBrowser(folders, flags = []) {
  const mounts = mountsOf(folders);
  const browser = await chromium.launch(launchOptions(flags));
  const servers = [await serve({ mounts }), await serve({ mounts, isolation: false })];
  return {
    version: browser.version(),
    requests: servers[0].requests,
    async withPage({ isolation = true }, use) {
      const context = await browser.newContext();
      try {
        return await use(await openPage(context, servers[isolation ? 0 : 1].url));
      } finally {
        await context.close();
      }
    },
    async close() {
      await browser.close();
      for (const server of servers) await server.close();
    },
  };
}

/** Browsers that start anew each time but keep their profile, and with it the HTTP and code caches. */
export async function startProfile(folders) {
  const server = await serve({ mounts: mountsOf(folders), cache: true });
  const profile = mkdtempSync(join(tmpdir(), 'brushwork-bench-'));
  return {
    requests: server.requests,
    async withNewProcess(use) {
      const context = await chromium.launchPersistentContext(profile, launchOptions());
      try {
        return await use(await openPage(context, server.url));
      } finally {
        await context.close();
      }
    },
    async close() {
      await server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
