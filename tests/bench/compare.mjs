// Interleaved measurements and what is reported of them.

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median absolute deviation: how far half of the values lie from the middle one, at most. */
export function deviation(values) {
  const middle = median(values);
  return median(values.map((value) => Math.abs(value - middle)));
}

/** The ratios of values that were measured side by side. */
export const ratios = (above, below) => above.map((value, index) => value / below[index]);

/** { value, spread, runs } of a list of measurements. */
export const summary = (values) => ({ value: median(values), spread: deviation(values), runs: values.length });

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Runs everyone in turn, A B C A B C …, so that whatever the machine does meanwhile meets all of them, and resolves to
 * { name: [measurement of each round] }. `contenders`: { name, run }; `run` resolves to a number.
 */
export async function interleave(contenders, { warmUps = 2, runs = 5, pause = 40, report = () => undefined }) {
  const measured = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < runs; ++round) {
    report(round < 0 ? 'warming up' : `round ${round + 1} of ${runs}`);
    for (const { name, run } of contenders) {
      // Thread pools spin for a moment after their work; the next one should not share the processor with that.
      await sleep(pause);
      const value = await run();
      if (round >= 0) measured[name].push(value);
    }
  }
  return measured;
}
