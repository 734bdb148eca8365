// What every test has: a server of the repository with or without isolation, and a page with the package in it.
import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { CONTENT_SECURITY_POLICY } from '../../../demo/headers.mjs';
import { serve } from '../../../demo/serve.mjs';

export { expect };
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The page's own, save that tests may start workers of theirs. */
export const policy = CONTENT_SECURITY_POLICY.replace(/; require-trusted-types-for .*/, '');

export const test = base.extend({
  /** Serve the repository. */
  isolated: [
    async ({}, use) => {
      const server = await serve({ root, isolation: true, policy });
      await use(server.url);
      await server.close();
    },
    { scope: 'worker' },
  ],
  plain: [
    async ({}, use) => {
      const server = await serve({ root, isolation: false, policy });
      await use(server.url);
      await server.close();
    },
    { scope: 'worker' },
  ],
  /** Fails a test whose page logs an error, save those that it says it expects. */
  consoleErrors: async ({ page }, use) => {
    const errors = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(String(error)));
    await use(errors);
    expect(errors).toEqual([]);
  },
  /** A function that opens the harness page: `window.bw` is the package, `window.t` the helpers of pages/harness.js. */
  harness: async ({ page, isolated, plain, consoleErrors: _ }, use) => {
    await use(async ({ isolation = true } = {}) => {
      await page.goto(`${isolation ? isolated : plain}tests/browser/pages/harness.html`);
      await page.waitForFunction(() => window.t !== undefined);
      return page;
    });
  },
});
