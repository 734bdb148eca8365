// Writes a software bill of materials, CycloneDX 1.6:  node sbom.mjs OUTPUT.json
// Everything that the npm package, the page and the command line contain, as it was built: linked libraries, bundled scripts, models; and what
// the package takes if its user has installed it. The same bytes for the same build.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraries, root } from './components.mjs';
import { keptComponents } from './notices.mjs';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

const licences = (licence) => (/ (AND|OR|WITH) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }]);
const property = (name, value) => ({ name: `brushwork:${name}`, value });

function component({ id, name, version, licence, url, purl, sha256, sha512, file }, places) {
  const hashes = [sha256 && { alg: 'SHA-256', content: sha256 }, sha512 && { alg: 'SHA-512', content: sha512 }].filter(Boolean);
  return {
    type: 'library', 'bom-ref': id, name, version, scope: 'required',
    ...(hashes.length > 0 && { hashes }),
    licenses: licences(licence),
    ...(purl && { purl }),
    ...(url && { externalReferences: [{ type: 'vcs', url }] }),
    properties: [...places.map((place) => property('in', place)), ...(file ? [property('hash-of', file)] : [])],
  };
}

/** One entry for each, with all the places it is in. */
function collect(entries) {
  const found = new Map();
  for (const [place, components] of entries) {
    for (const one of components) {
      const places = found.get(one.id)?.places ?? [];
      found.set(one.id, { one, places: [...places, place] });
    }
  }
  return [...found.values()].map(({ one, places }) => component(one, places));
}

function models() {
  const { generators, styles } = readJson(join(root, 'models/manifest.json'));
  const sources = [...new Set(styles.map(({ title, artist, source }) => `${title}: ${[artist, source].filter(Boolean).join(', ')}; public domain`))];
  const files = generators.flatMap(({ id, model, sha256, encoder }) => [
    { name: id, file: model, sha256, sources },
    ...(encoder ? [{ name: `${id}-encoder`, file: encoder.model, sha256: encoder.sha256, sources: [] }] : []),
  ]);
  return files.map(({ name, file, sha256, sources: pictures }) => ({
    type: 'machine-learning-model', 'bom-ref': `model-${name}`, name, version: sha256.slice(0, 12), scope: 'required',
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    licenses: licences('Apache-2.0'),
    properties: [property('file', file), property('card', 'models/painter.md'), ...pictures.map((picture) => property('style-picture', picture))],
  }));
}

/** Used if it is there, never shipped. */
function peers(peerDependencies) {
  return Object.entries(peerDependencies).map(([name, range]) => ({
    type: 'library', 'bom-ref': `peer-${name}`, name, version: range, scope: 'optional', licenses: licences('MIT'), purl: `pkg:npm/${name}`,
  }));
}

export function sbom() {
  const { name, version, description, license, peerDependencies } = readJson(join(root, 'web/package.json'));
  const native = libraries().filter(({ use }) => use !== 'tests');
  const parts = collect([
    ['npm package', keptComponents('web')],
    ['page', keptComponents('demo')],
    ['command line', native],
  ]);
  const optional = peers(peerDependencies);
  const components = [...parts, ...models(), ...optional].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const content = {
    metadata: {
      component: { type: 'library', 'bom-ref': name, name, version, description, licenses: licences(license), purl: `pkg:npm/${name}@${version}` },
    },
    components,
    dependencies: [{ ref: name, dependsOn: components.filter(({ scope }) => scope === 'required').map((one) => one['bom-ref']) }],
  };
  // A number of its own for each content, and the same for the same.
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${uuid}`, version: 1, ...content };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const output = process.argv[2];
  if (!output) throw new Error('usage: node sbom.mjs OUTPUT.json');
  const bill = sbom();
  writeFileSync(resolve(output), `${JSON.stringify(bill, null, 2)}\n`);
  console.log(`${output}: ${bill.components.length} components`);
}
