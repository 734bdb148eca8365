import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { untilAborted } from '../src/engine/turns.js';
import { unlessStalled } from '../src/stall.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new Promise<never>(() => undefined);

it('passes on what comes in time, and leaves no timer', async () => {
  expect(await unlessStalled(Promise.resolve(7))).toBe(7);
  await expect(unlessStalled(Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

it('gives up what says nothing for 30 s', async () => {
  const transfer = new AbortController();
  const outcome = unlessStalled(never, transfer).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(transfer.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(transfer.signal.aborted).toBe(true);
  expect(await outcome).toMatchObject({ code: 'network', message: 'nothing came for 30 s' });
  expect(vi.getTimerCount()).toBe(0);
});

it("ends with the caller's own abort", async () => {
  const transfer = new AbortController();
  const outcome = unlessStalled(never, transfer).catch((error: unknown) => error);
  transfer.abort('enough');
  expect(await outcome).toBe('enough');
});

it('leaves nothing at a signal that outlives many promises', async () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  for (let i = 0; i < 5; ++i) expect(await untilAborted(Promise.resolve(i), signal)).toBe(i);
  await vi.advanceTimersByTimeAsync(0);
  expect(added).toHaveBeenCalledTimes(5);
  expect(removed).toHaveBeenCalledTimes(5);
  const aborted = AbortSignal.abort();
  await expect(untilAborted(never, aborted)).rejects.toMatchObject({ code: 'aborted' });
  await expect(untilAborted(never, aborted, () => new Error('gone'))).rejects.toThrow('gone');
});
