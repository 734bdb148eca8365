// Draws the installed page's icons from public/icon.svg, with Chromium:  node draw-icons.mjs
// The maskable one fills its square, and keeps to the middle, for systems that cut icons to their own shape.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('./public/', import.meta.url));
const icon = readFileSync(join(folder, 'icon.svg'), 'utf8');
const temporary = mkdtempSync(join(tmpdir(), 'icons-'));

function draw(name, side, svg) {
  const page = join(temporary, `${name}.html`);
  writeFileSync(page, `<!doctype html><style>body{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${svg}`);
  execFileSync(process.env.CHROMIUM ?? 'chromium', [
    '--headless', '--no-sandbox', '--hide-scrollbars', '--force-device-scale-factor=1', '--default-background-color=00000000',
    `--window-size=${side},${side}`, `--screenshot=${join(folder, `${name}.png`)}`, pathToFileURL(page).href,
  ], { stdio: 'ignore' });
}

for (const side of [192, 512]) draw(`icon-${side}`, side, icon);
draw('icon-maskable-512', 512, icon.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace(/<rect[^>]*fill="([^"]+)"\/>/, '<rect x="-4" y="-4" width="40" height="40" fill="$1"/>'));
rmSync(temporary, { recursive: true });
