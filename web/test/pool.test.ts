import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HelperPool, IDLE_MS, openWorker } from '../src/engine/pool.js';
import { ThreadPool } from '../src/engine/threads.js';

class FakeWorker {
  static alive = 0;
  static scripts: string[] = [];
  constructor(script: string | URL) {
    FakeWorker.scripts.push(String(script));
    FakeWorker.alive += 1;
  }
  terminate(): void {
    FakeWorker.alive -= 1;
  }
  postMessage(): void {}
  addEventListener(): void {}
  removeEventListener(): void {}
}

let connected: number[];
let pool: HelperPool;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
  FakeWorker.alive = 0;
  FakeWorker.scripts = [];
  connected = [];
  pool = new HelperPool(3, (ports) => {
    connected.push(ports.length);
    for (const port of ports) port.close();
  });
});
afterEach(() => {
  pool.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('starts workers when there is something to do, once', () => {
  expect(FakeWorker.alive).toBe(0);
  pool.wake(0);
  pool.wake(0);
  expect(FakeWorker.alive).toBe(3);
  expect(connected).toEqual([3]);
});

it('ends them after a while without work, and starts them again', () => {
  pool.wake(0);
  pool.rest();
  vi.advanceTimersByTime(IDLE_MS - 1);
  pool.wake(0);
  vi.advanceTimersByTime(IDLE_MS * 2);
  expect(FakeWorker.alive).toBe(3);
  pool.rest();
  vi.advanceTimersByTime(IDLE_MS);
  expect(FakeWorker.alive).toBe(0);
  pool.wake(0);
  expect(FakeWorker.alive).toBe(3);
  expect(connected).toEqual([3, 0, 3]);
});

it('replaces lost ones, but not for ever', () => {
  for (let lost = 0; lost < 20; ++lost) pool.wake(lost);
  expect(FakeWorker.alive).toBe(3);
  expect(connected.filter((ports) => ports === 3)).toHaveLength(4);
});

it('ends them for good', () => {
  pool.wake(0);
  pool.close();
  expect(FakeWorker.alive).toBe(0);
  pool.wake(0);
  pool.rest();
  vi.advanceTimersByTime(IDLE_MS);
  expect(FakeWorker.alive).toBe(0);
});

it('starts no threads for an engine that has ended while it asked for them', () => {
  const threads = new ThreadPool(undefined, () => undefined);
  expect(threads.open(2, 'glue.mjs')).toHaveLength(2);
  threads.close();
  expect(FakeWorker.alive).toBe(0);
  expect(() => threads.open(2, 'glue.mjs')).toThrow(expect.objectContaining({ code: 'disposed' }));
  expect(FakeWorker.alive).toBe(0);
});

it('runs the script it was given, or else the one in the package', () => {
  openWorker('https://example.com/app/brushwork-worker.js');
  openWorker(undefined);
  expect(FakeWorker.scripts[0]).toBe('https://example.com/app/brushwork-worker.js');
  expect(FakeWorker.scripts[1]).toMatch(/\/assets\/brushwork-worker\.js$/);
});
