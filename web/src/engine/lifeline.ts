/**
 * How a worker notices that another has ended, which no event tells: a lock that the other holds for life goes to whoever waits for it.
 * Browsers have locks in secure contexts only.
 */
function locks(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
}

/** Takes a lock for as long as this worker lives. Its name, or undefined where there is none to be had. */
export function takeLifeline(): Promise<string | undefined> {
  const name = `brushwork-${Math.random().toString(36).slice(2)}-${performance.timeOrigin}`;
  return new Promise((resolve) => {
    const forLife = new Promise<never>(() => undefined);
    const held = (): Promise<never> => {
      resolve(name);
      return forLife;
    };
    locks()?.request(name, held).catch(() => resolve(undefined)) ?? resolve(undefined);
  });
}

/** Calls back when the worker that took the lifeline has ended. */
export function watchLifeline(name: string, onEnd: () => void): void {
  locks()
    ?.request(name, onEnd)
    .catch(() => undefined);
}
