/** Cross-origin isolation: what lets a page share memory between threads. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * Everything from here and nowhere else, and no script but the page's files. 'wasm-unsafe-eval' allows WebAssembly, not eval; blob: is a
 * photo or a video on its way to the screen. No text becomes a script: only the package and the page itself name the workers to start
 * (Trusted Types).
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types brushwork brushwork-page',
].join('; ');
