import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { readReference, writeReference } from './reference.mjs';

const modules = readReference();

test('docs/api.md says what the types say', () => {
  const written = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');
  assert.equal(written, writeReference(modules), 'run ./dev docs');
});

test('everything that is exported is described', () => {
  const silent = modules.flatMap(({ exports }) => exports.filter(({ comment }) => comment === '').map(({ name }) => name));
  assert.deepEqual(silent, []);
});

test('every method, and every option, is described', () => {
  const described = modules.flatMap(({ exports }) => exports).filter(({ name, kind }) => kind === 'class' || name.endsWith('Options'));
  const silent = described.flatMap(({ name, members = [] }) => members.filter(({ comment }) => comment === '').map((member) => `${name}.${member.name}`));
  assert.deepEqual(silent, []);
});

test('what is internal stays out', () => {
  const text = writeReference(modules);
  for (const word of ['bandRows', 'brushwork.objects', 'connectedCallback', 'sameOptions']) assert.ok(!text.includes(word), word);
});
