import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(chromium)) throw new Error(`no Chromium at ${chromium}: install it, or set CHROMIUM to its path`);

export const launchOptions = {
  executablePath: chromium,
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // A camera that shows a test picture, and may be used.
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
  ],
};

export default defineConfig({
  testDir: 'specs',
  testMatch: '*.spec.mjs',
  // Paintings use all cores as it is.
  workers: 1,
  // Limits for what hangs, far above what anything takes: tests do not judge speed, and machines are slow and busy.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: [['./support/reporter.mjs']],
  outputDir: 'test-results',
  use: { browserName: 'chromium', headless: true, launchOptions },
});
