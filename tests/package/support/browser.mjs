// Opens a project's page in Chromium and reports what it painted, what it asked for and what it complained of.
import { existsSync } from 'node:fs';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const QUIET = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** By their flags. */
const browsers = new Map();
after(async () => Promise.all([...browsers.values()].map(async (browser) => (await browser).close())));
function browser(flags) {
  const key = flags.join(' ');
  if (!browsers.has(key)) browsers.set(key, launch(flags));
  return browsers.get(key);
}

function launch(flags) {
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}: install it, or set CHROMIUM to its path`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...QUIET, ...flags] });
}

/** Waits for the `outcome` that a project leaves on its page, { hash, backend, isolated } for one; with { requests, errors }. */
export async function open(url, flags = []) {
  const context = await (await browser(flags)).newContext();
  try {
    const page = await context.newPage();
    const requests = [];
    const errors = [];
    context.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && errors.push(`${message.text()} (${message.location().url})`));
    const crash = new Promise((_, reject) => page.on('pageerror', (error) => reject(error)));
    await page.goto(url);
    const outcome = page.waitForFunction(() => window.outcome, undefined, { timeout: 120_000 });
    const shown = await Promise.race([outcome, crash]).catch((error) => {
      throw new Error([error.message, ...errors, ...requests].join('\n'));
    });
    return { ...(await shown.jsonValue()), requests, errors };
  } finally {
    await context.close();
  }
}
