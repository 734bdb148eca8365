// Serves the examples, with the built package as /brushwork/:  node serve.mjs [--port N] [--host NAME] [--no-isolation] [--no-open]
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONTENT_SECURITY_POLICY } from '../demo/headers.mjs';
import { serve, serveByCommandLine } from '../demo/serve.mjs';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The policy of a page that trusts one inline script: the import map, which says what `import … from 'brushwork'` means. */
function policy() {
  const [, importMap] = /<script type="importmap">(.*?)<\/script>/s.exec(readFileSync(folder('photo.html'), 'utf8'));
  const hash = createHash('sha256').update(importMap).digest('base64');
  return CONTENT_SECURITY_POLICY.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`);
}

const settings = {
  root: folder('.'),
  mounts: { '/brushwork/': folder('../web/dist/'), '/pictures/': folder('../tests/browser/fixtures/') },
  policy: policy(),
};

/** For tests. Resolves to { url, close }. */
export const serveExamples = (options = {}) => serve({ ...settings, ...options });

if (process.argv[1] === fileURLToPath(import.meta.url)) await serveByCommandLine(settings);
