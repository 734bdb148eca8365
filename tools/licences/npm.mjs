// The npm packages whose code a bundler has put into its output.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checked } from './components.mjs';

/** Helpers that bundlers write into their output, by the id of the module. */
const HELPERS = [[/^\0?rolldown[/:]/, 'rolldown'], [/^\0?vite\//, 'vite']];

/** The folder of the package that a module is part of; undefined for the project's own. */
function folderOf(id, project) {
  const helper = HELPERS.find(([pattern]) => pattern.test(id))?.[1];
  if (helper) return join(project, 'node_modules', helper);
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(/^\0/, ''))?.[0];
}

/** Without the licences of what is in Vite itself, none of which is in what it builds. */
const ownPart = (text) => text.split('\n# Licenses of bundled dependencies')[0];

/** In hexadecimal, as an SBOM has it. */
function lockedHash(project, folder) {
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  const integrity = packages[folder.slice(project.length).replace(/^\//, '')]?.integrity;
  const [, algorithm, digest] = /^sha(512)-(.*)$/.exec(integrity ?? '') ?? [];
  return algorithm && Buffer.from(digest, 'base64').toString('hex');
}

/** `ids`: of the modules, as a bundler names them. `project`: the folder with package-lock.json. */
export function npmComponents(ids, project) {
  const folders = [...new Set(ids.map((id) => folderOf(id, project)).filter(Boolean))].sort();
  return folders.map((folder) => {
    const { name, version, license: licence, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^licen[cs]e(\.|$)/i.test(file)).map((file) => join(folder, file));
    const text = files.map((path) => ownPart(readFileSync(path, 'utf8'))).join('\n');
    const url = (repository?.url ?? repository ?? '').replace(/^git\+/, '').replace(/\.git$/, '');
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return checked({ id: `npm-${name}`, name, version, licence, url, purl, sha512: lockedHash(project, folder), use: 'scripts', text });
  });
}
