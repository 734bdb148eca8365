import { cpSync } from 'node:fs';
import { build } from 'esbuild';

await build({ entryPoints: ['main.js'], bundle: true, format: 'esm', splitting: true, minify: true, outdir: 'dist' });
cpSync('node_modules/brushwork/dist/assets', 'dist/brushwork', { recursive: true });
