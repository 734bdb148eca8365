// Runs one of peak.wasm's loops for a while and answers with billions of multiply-adds a second.
// Messages may come before the module is there, and would be lost if nobody listened.
const loading = WebAssembly.instantiateStreaming(fetch('/made/peak.wasm'));

// Calls are short, so that the optimizing compiler's code is entered as soon as it is there.
const ROUNDS = 4000;
const PIECE_MILLISECONDS = 4;
const MILLISECONDS = 60;
// The first time waits for that code, which another thread makes.
const WARM_UP_MILLISECONDS = 400;
const warm = new Set();

self.onmessage = async ({ data: kernel }) => {
  const { exports } = (await loading).instance;
  exports.fill(1);
  const run = exports[kernel];
  if (!warm.has(kernel)) {
    warm.add(kernel);
    for (const until = performance.now() + WARM_UP_MILLISECONDS; performance.now() < until; ) run(ROUNDS);
  }
  let best = 0;
  const end = performance.now() + MILLISECONDS;
  // The best of many pieces: a peak is what is possible, not what other work on the machine leaves.
  while (performance.now() < end) {
    const began = performance.now();
    let calls = 0;
    while (performance.now() - began < PIECE_MILLISECONDS) {
      run(ROUNDS);
      ++calls;
    }
    best = Math.max(best, calls / (performance.now() - began));
  }
  self.postMessage((best * ROUNDS * exports[`${kernel}_per_round`]()) / 1e6);
};
