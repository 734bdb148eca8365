// Writes docs/api.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { writeReference } from './reference.mjs';

const folder = fileURLToPath(new URL('../../docs/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}api.md`, writeReference());
console.log('docs/api.md');
