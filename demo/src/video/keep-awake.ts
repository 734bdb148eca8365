/** While a long job runs, the screen stays on: phones would stop the page with it. */
export async function keepAwake<Result>(job: () => Promise<Result>): Promise<Result> {
  // Refused when the battery is low, say; the job goes on all the same.
  const lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
  try {
    return await job();
  } finally {
    await lock?.release().catch(() => undefined);
  }
}
