// The notices that have to go with every copy: who wrote what else is in it, and under which licence. Each text is there once.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './components.mjs';

const APACHE = /Apache License\s+Version 2\.0, January 2004[\s\S]*?END OF TERMS AND CONDITIONS/;
const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
const ourLicence = readFileSync(join(root, 'LICENSE'), 'utf8');
const [apacheBody] = APACHE.exec(ourLicence);

/** The appendix says how to apply the licence; only who holds the copyright is of interest. */
function withoutAppendix(text) {
  return text.replace(/APPENDIX: How to apply the Apache License[\s\S]*?(?=Copyright (?!\[))/, '').trim();
}

/** A text in parts: { body: the Apache licence, if it is in it, rest }. */
function split(text) {
  const found = APACHE.exec(text);
  if (!found || squeeze(found[0]) !== squeeze(apacheBody)) return { apache: false, rest: text.trim() };
  return { apache: true, rest: withoutAppendix((text.slice(0, found.index) + text.slice(found.index + found[0].length)).trim()) };
}

/** Components by their text. */
function byText(components) {
  const groups = new Map();
  for (const component of components) {
    const { apache, rest } = split(component.text);
    const key = `${apache} ${squeeze(rest)}`;
    const group = groups.get(key) ?? { apache, rest, names: [] };
    group.names.push(component.name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const SOURCE = 'A copy of its source is in the npm package of this version.';
const cell = ({ name, version, licence, url }) =>
  `| ${url ? `[${name}](${url})` : name} | ${version} | ${licence} | ${licence === 'MPL-2.0' ? SOURCE : ''} |`;

/** Markdown that is readable as plain text. `what` is the thing that the components are in: 'the npm package brushwork'. */
export function notices(what, components) {
  const sorted = [...components].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  const groups = byText(sorted);
  const texts = groups.map(({ names, apache, rest }) => {
    const parts = [rest && `\`\`\`text\n${rest}\n\`\`\``, apache && 'The Apache License, Version 2.0: below.'];
    return `## ${names.join(', ')}\n\n${parts.filter(Boolean).join('\n\n')}\n`;
  });
  const apache = groups.some((group) => group.apache) ? [`## Apache License, Version 2.0\n\n\`\`\`text\n${apacheBody}\n\`\`\`\n`] : [];
  return [
    `# Third-party notices\n\nbrushwork is licensed under Apache-2.0; its models and pictures are its own. In ${what} there is also:\n`,
    `| what | version | licence | |\n|---|---|---|---|\n${sorted.map(cell).join('\n')}\n`,
    ...texts,
    ...apache,
  ].join('\n');
}

const listOf = (part) => join(root, 'build/licences', `${part}.json`);

/** Leaves the components of a part ('web', 'demo') for what is built on it, and for the bill of materials. */
export function keepComponents(part, components) {
  mkdirSync(join(root, 'build/licences'), { recursive: true });
  writeFileSync(listOf(part), `${JSON.stringify(components, null, 2)}\n`);
}

/** What a build has left. */
export function keptComponents(part) {
  try {
    return JSON.parse(readFileSync(listOf(part), 'utf8'));
  } catch (error) {
    throw new Error(`${listOf(part)}: ${error.message}: build ${part} first`, { cause: error });
  }
}
