/** The page's engine for elements that were given none: it starts with the first of them, and ends some time after the last. */
import { Brushwork } from './index.js';

/** Elements come and go, so it stays a while. */
const IDLE_MS = 30_000;

let shared: Promise<Brushwork> | undefined;
let borrowers = 0;
let ending: ReturnType<typeof setTimeout> | undefined;

/** `first`: of this borrower, who returns it once. */
export function borrowEngine(first: boolean): Promise<Brushwork> {
  if (first) borrowers += 1;
  clearTimeout(ending);
  shared ??= Brushwork.create().catch((error: unknown) => {
    shared = undefined; // the next one tries again
    throw error;
  });
  return shared;
}

export function returnEngine(): void {
  borrowers -= 1;
  if (borrowers === 0) ending = setTimeout(end, IDLE_MS);
}

function end(): void {
  shared?.then((engine) => engine.dispose(), () => undefined);
  shared = undefined;
}
