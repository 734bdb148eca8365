import { cpSync } from 'node:fs';
import { nodeResolve } from '@rollup/plugin-node-resolve';

const copyBrushwork = {
  name: 'copy-brushwork',
  writeBundle: () => cpSync('node_modules/brushwork/dist/assets', 'dist/brushwork', { recursive: true }),
};

export default { input: 'main.js', output: { dir: 'dist', format: 'es' }, plugins: [nodeResolve(), copyBrushwork] };
