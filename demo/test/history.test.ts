import { beforeEach, expect, it, vi } from 'vitest';
import { canRedo, canUndo, change, redo, undo } from '../src/app/history.js';
import { settings } from '../src/app/state.js';

let now = 0;

beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  while (canUndo.value) undo();
});

const later = (update: Parameters<typeof change>[0]): void => {
  now += 5000;
  change(update);
};

it('takes back, and brings back', () => {
  later({ strength: 0.5 });
  later({ brush: 0.5 });
  undo();
  expect(settings.value).toMatchObject({ strength: 0.5, brush: 1 });
  undo();
  expect(settings.value.strength).toBe(1);
  redo();
  redo();
  expect(settings.value).toMatchObject({ strength: 0.5, brush: 0.5 });
  expect(canRedo.value).toBe(false);
});

it('takes a slider’s way for one step', () => {
  now += 5000;
  for (const strength of [0.9, 0.7, 0.4]) {
    now += 100;
    change({ strength });
  }
  undo();
  expect(settings.value.strength).toBe(1);
  expect(canUndo.value).toBe(false);
});

it('forgets what was taken back when something else is done', () => {
  later({ strength: 0.5 });
  undo();
  later({ strength: 0.2 });
  expect(canRedo.value).toBe(false);
});

it('after an undo, the same slider is a new step', () => {
  later({ strength: 0.5 });
  undo();
  change({ strength: 0.3 });
  undo();
  expect(settings.value.strength).toBe(1);
});

it('takes quick choices one by one', () => {
  now += 5000;
  for (const id of ['a', 'b', 'c']) change({ look: { kind: 'style', id } });
  undo();
  expect(settings.value.look).toEqual({ kind: 'style', id: 'b' });
  undo();
  expect(settings.value.look).toEqual({ kind: 'style', id: 'a' });
});

it('takes the way of the point on the pad for one step, and another style in the mix for the next', () => {
  later({ look: { kind: 'mix', ids: ['a', 'b'], x: 0.5, y: 0.5 } });
  for (const x of [0.6, 0.7, 0.8]) change({ look: { kind: 'mix', ids: ['a', 'b'], x, y: 0.5 } });
  change({ look: { kind: 'mix', ids: ['a', 'b', 'c'], x: 0.5, y: 0.5 } });
  undo();
  expect(settings.value.look).toMatchObject({ ids: ['a', 'b'], x: 0.8 });
  undo();
  expect(settings.value.look).toMatchObject({ ids: ['a', 'b'], x: 0.5 });
});
