// Vite plugin: builds the service worker, sw.js, with a list of all that was built, and of what it is.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const entry = fileURLToPath(new URL('./src/offline/service-worker/main.ts', import.meta.url));

/** Every file of a folder: where it lies, and its integrity. The page is listed as '', for that is how browsers ask for it. */
export function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name !== 'sw.js' && !file.name.endsWith('.map'))
    .map((file) => join(file.parentPath, file.name))
    .map((path) => ({
      path: relative(folder, path).replaceAll(sep, '/').replace(/^index\.html$/, ''),
      integrity: `sha256-${createHash('sha256').update(readFileSync(path)).digest('base64')}`,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes sw.js into a folder that holds a built page. */
export async function writeServiceWorker(folder) {
  await build({
    configFile: false,
    logLevel: 'warn',
    define: { PAGE_FILES: JSON.stringify(listFiles(folder)) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'es2022',
      lib: { entry, formats: ['iife'], name: 'serviceWorker', fileName: () => 'sw.js' },
    },
  });
}

export function offlineCopy() {
  let folder;
  return {
    name: 'offline-copy',
    apply: 'build',
    configResolved: ({ root, build: { outDir } }) => {
      folder = join(root, outDir);
    },
    // After everything has been written, and public/ copied.
    closeBundle: { order: 'post', sequential: true, handler: () => writeServiceWorker(folder) },
  };
}
