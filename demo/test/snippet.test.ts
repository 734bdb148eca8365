import { expect, it } from 'vitest';
import { snippet } from '../src/details/snippet.js';
import type { Choice, Settings } from '../src/app/state.js';

const plain: Settings = { look: { kind: 'style', id: 'isfahan' }, strength: 1, preserveColor: 0, brush: 1, maxPixels: Infinity, region: undefined };
const builtIn = (id: string): Choice => ({ id, title: id, credit: '', style: id, own: false });

it('says no more than it must', () => {
  expect(snippet(plain, builtIn)).toContain("engine.stylize(photo, { style: 'isfahan' });");
});

it('says what is not as usual', () => {
  const code = snippet({ ...plain, strength: 0.5, preserveColor: 0.25, brush: 0.7, maxPixels: 4e6 }, builtIn);
  for (const option of ['strength: 0.5', 'preserveColor: 0.25', 'brush: 0.7', 'maxPixels: 4000000']) expect(code).toContain(option);
});

it('mixes', () => {
  const code = snippet({ ...plain, look: { kind: 'mix', ids: ['isfahan', 'reed-pen'], x: 0.25, y: 0.5 } }, builtIn);
  expect(code).toContain("const style2 = await engine.style('reed-pen');");
  expect(code).toContain('{ style: style1, weight: 0.75 },');
});

it('keeps a title of the user’s within its comment', () => {
  const own = (id: string): Choice => ({ id, title: 'a\nalert(1)', credit: '', style: { id, title: '', toJSON: () => ({}) }, own: true });
  const lines = snippet({ ...plain, look: { kind: 'style', id: 'picture-1' } }, own).split('\n');
  expect(lines.filter((line) => line.includes('alert'))).toEqual(['const style = await engine.styleFromImage(picture); // a alert(1)']);
});
