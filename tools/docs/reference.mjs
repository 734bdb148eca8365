// The API reference as Markdown.
import { readEntries } from './read.mjs';

const ENTRIES = [
  { file: 'index.ts', module: 'brushwork' },
  { file: 'element.ts', module: 'brushwork/element' },
  { file: 'react.ts', module: 'brushwork/react' },
];

/** Code in a cell of a table, where a bar would end the cell. */
const cell = (text) => `\`${text.replaceAll('|', '\\|')}\``;
const KINDS = ['class', 'function', 'interface', 'type'];
/** As GitHub makes it of a heading. */
const anchor = (heading) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');

function table(members) {
  const rows = members.map(({ kind, name, signature, type, optional, readonly, comment }) => {
    if (kind === 'method') return `| ${cell(signature)} | ${comment} |`;
    return `| ${cell(`${readonly ? 'readonly ' : ''}${name}${optional ? '?' : ''}: ${type}`)} | ${comment.replaceAll('|', '\\|')} |`;
  });
  return ['| member | |', '|---|---|', ...rows].join('\n');
}

const methods = (owner, members) =>
  members
    .filter(({ kind }) => kind === 'method')
    .map(({ signature, fixed, comment }) => ['```ts', `${fixed ? `${owner}.` : ''}${signature}`, '```', ...(comment ? ['', comment] : [])].join('\n'));

function section({ kind, name, comment, heritage = [], members = [], signature, text }, known) {
  const parts = [`### ${name}`];
  if (comment) parts.push(comment);
  if (kind === 'type') parts.push(['```ts', text, '```'].join('\n'));
  if (kind === 'function') parts.push(['```ts', signature, '```'].join('\n'));
  for (const { word, bases } of heritage) {
    parts.push(`${word} ${bases.map((base) => (known.has(base) ? `[\`${base}\`](#${anchor(base)})` : `\`${base}\``)).join(', ')}.`);
  }
  if (kind === 'interface' && members.length > 0) parts.push(table(members));
  if (kind === 'class') {
    const properties = members.filter((member) => member.kind === 'property');
    if (properties.length > 0) parts.push(table(properties));
    parts.push(...methods(name, members));
  }
  return parts.join('\n\n');
}

/** Everything exported, by module, classes and functions first: { module, exports }. */
export function readReference() {
  const read = readEntries(ENTRIES.map(({ file }) => file));
  return ENTRIES.map(({ module }, i) => ({
    module,
    exports: read[i].toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
  }));
}

export function writeReference(modules = readReference()) {
  const known = new Set(modules.flatMap(({ exports }) => exports.map(({ name }) => name)));
  const contents = modules.map(({ module, exports }) => {
    const names = exports.map(({ name }) => `[${name}](#${anchor(name)})`);
    return `- \`${module}\`: ${names.join(', ')}`;
  });
  const bodies = modules.map(({ module, exports }) => [`## Module ${module}`, ...exports.map((exported) => section(exported, known))].join('\n\n'));
  const intro = 'Written by `./dev docs` from the types and their comments in `web/src`; change it there.';
  return `${['# API reference', intro, contents.join('\n'), ...bodies].join('\n\n')}\n`;
}
