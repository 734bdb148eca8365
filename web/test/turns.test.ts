import { expect, it } from 'vitest';
import { Turns, macrotask } from '../src/engine/turns.js';

it('serves calls one at a time, in order, also after a failure', async () => {
  const turns = new Turns();
  const log: string[] = [];
  const work = (name: string, fail = false) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await macrotask();
    log.push(`${name} ends`);
    if (fail) throw new Error(name);
    return name;
  };
  const all = await Promise.allSettled([turns.take(work('a')), turns.take(work('b', true)), turns.take(work('c'))]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(all.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
