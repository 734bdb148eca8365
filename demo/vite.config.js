import { defineConfig } from 'vite';
import { CONTENT_SECURITY_POLICY, isolationHeaders } from './headers.mjs';
import { offlineCopy } from './offline-copy.mjs';
import { thirdPartyNotices } from './third-party.mjs';

/** The built page carries its own policy, so that it holds on any static host. (Vite's development server needs inline styles.) */
const contentSecurityPolicy = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY }, injectTo: 'head-prepend' },
  ],
};

export default defineConfig({
  base: './',
  plugins: [contentSecurityPolicy, thirdPartyNotices(), offlineCopy()],
  server: { headers: isolationHeaders, fs: { allow: ['..'] } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The package apart from the page: it changes seldom, and each has its own budget.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'package', test: /[\\/]web[\\/]dist[\\/](index|turns)\.js$/ }] } } },
  },
  // The package finds its worker and its assets by `new URL(…, import.meta.url)`, which pre-bundling would move.
  optimizeDeps: { exclude: ['brushwork'] },
});
