import { expect, it } from 'vitest';
import type { StageProgress } from '../src/progress.js';
import { SharedTask, joinAll } from '../src/shared-task.js';
import { failureOf } from './support.js';

const quiet: StageProgress = () => undefined;

/** A task whose work ends when it is told to. */
function controlled<T>(): { task: SharedTask<T>; runs: { report: StageProgress; resolve: (value: T) => void; reject: (error: Error) => void }[] } {
  const runs: { report: StageProgress; resolve: (value: T) => void; reject: (error: Error) => void }[] = [];
  const task = new SharedTask<T>((report) => new Promise((resolve, reject) => runs.push({ report, resolve, reject })), 10);
  return { task, runs };
}

it('works once for all who ask, and tells them how far it is', async () => {
  const { task, runs } = controlled<string>();
  const seen: string[] = [];
  const asked = ['a', 'b'].map((name) => task.join(undefined, (_, done) => seen.push(`${name} ${done}`)));
  runs[0]?.report('download', 5, 10);
  runs[0]?.resolve('done');
  expect(await Promise.all(asked)).toEqual(['done', 'done']);
  expect(await task.join(undefined, quiet)).toBe('done');
  expect(runs).toHaveLength(1);
  expect(seen).toEqual(['a 5', 'b 5']);
  expect(task.isDone).toBe(true);
  expect(task.result).toBe('done');
});

it('is aborted for the asker alone', async () => {
  const { task, runs } = controlled<number>();
  const controller = new AbortController();
  const aborted = failureOf(() => task.join(controller.signal, quiet));
  const other = task.join(undefined, quiet);
  controller.abort();
  expect(await aborted).toMatchObject({ name: 'AbortError', code: 'aborted' });
  expect(await failureOf(() => task.join(AbortSignal.abort(), quiet))).toMatchObject({ code: 'aborted' });
  runs[0]?.resolve(3);
  expect(await other).toBe(3);
  expect(runs).toHaveLength(1);
});

it('goes on when all who asked have left, for those who come later', async () => {
  const { task, runs } = controlled<number>();
  const controller = new AbortController();
  const aborted = failureOf(() => task.join(controller.signal, quiet));
  controller.abort();
  await aborted;
  runs[0]?.resolve(4);
  expect(await task.join(undefined, quiet)).toBe(4);
  expect(runs).toHaveLength(1);
});

it('fails for all who wait, and is tried again for the next', async () => {
  const { task, runs } = controlled<number>();
  const failures = [1, 2].map(() => failureOf(() => task.join(undefined, quiet)));
  runs[0]?.reject(new Error('no connection'));
  for (const failure of await Promise.all(failures)) expect(failure).toMatchObject({ message: 'no connection' });
  expect(task.isDone).toBe(false);
  expect(() => task.result).toThrow();
  const next = task.join(undefined, quiet);
  runs[1]?.resolve(5);
  expect(await next).toBe(5);
});

it('counts what is still to be done of several', async () => {
  const [first, second] = [controlled<number>(), controlled<string>()];
  const seen: number[][] = [];
  const both = joinAll([first.task, SharedTask.of(0), second.task], undefined, (_, done, total) => seen.push([done, total]));
  first.runs[0]?.report('download', 1, 2);
  second.runs[0]?.report('download', 10, 10);
  first.runs[0]?.resolve(1);
  second.runs[0]?.resolve('two');
  expect(await both).toEqual([1, 0, 'two']);
  expect(seen).toEqual([[5, 20], [15, 20]]);
});
