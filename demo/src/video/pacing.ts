/** Which size of frames a machine paints fluently: as large as the frame rate allows. Pure functions. */

/** Pixels of a frame, from the smallest to the largest, each √2 times the one before. */
export const SIZES: readonly number[] = [0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.56, 0.8, 1].map((millions) => millions * 1e6);

/** Of 24 frames a second. */
export const FRAME_MILLISECONDS = 1000 / 24;

/** Frames after which a size's time is known: the first ones after a change also pay for it. */
const SETTLED = 8;
const WARMING = 2;
/** A larger size must be expected to take at most this part of a frame's time: what lies between keeps sizes from alternating. */
const ROOM = 0.8;
/** Frames for which a size that was too large is not tried again; doubled each time that it fails again. */
const PATIENCE = 240;
const MOST_PATIENCE = 16 * PATIENCE;

export interface Pacing {
  /** Index into SIZES. */
  readonly size: number;
  /** Frames seen at this size. */
  readonly seen: number;
  /** Milliseconds a frame takes at this size, averaged over the last ones; 0 before the first. */
  readonly milliseconds: number;
  /** From this size on nothing is tried for `wait` more frames. */
  readonly tooLarge: number;
  readonly wait: number;
  readonly patience: number;
}

/** Starts at a size that a phone paints, so that the first frames come at once. */
export function startPacing(size = 2): Pacing {
  return { size, seen: 0, milliseconds: 0, tooLarge: SIZES.length, wait: 0, patience: PATIENCE };
}

export const maxPixels = ({ size }: Pacing): number => pixelsAt(size);

const pixelsAt = (size: number): number => SIZES[Math.max(0, Math.min(size, SIZES.length - 1))] as number;

/** What follows from one more frame, which took `milliseconds` at the present size. */
export function pace(state: Pacing, milliseconds: number): Pacing {
  const seen = state.seen + 1;
  const wait = Math.max(0, state.wait - 1);
  if (seen <= WARMING) return { ...state, seen, wait, milliseconds };
  // A window of about five frames: one that was slow by accident changes nothing.
  const average = seen === WARMING + 1 ? milliseconds : state.milliseconds + (milliseconds - state.milliseconds) / 5;
  const next = { ...state, seen, wait, milliseconds: average };
  if (seen < SETTLED) return next;
  if (average > FRAME_MILLISECONDS) return smaller(next);
  return larger(next);
}

/** At once to the largest size that is expected to be fluent: a time grows with the pixels. */
function smaller(state: Pacing): Pacing {
  if (state.size === 0) return state;
  const affordable = (pixelsAt(state.size) * FRAME_MILLISECONDS) / state.milliseconds;
  let size = state.size - 1;
  while (size > 0 && pixelsAt(size) > affordable) --size;
  const failedAgain = state.size === state.tooLarge;
  const patience = failedAgain ? Math.min(MOST_PATIENCE, 2 * state.patience) : PATIENCE;
  return { size, seen: 0, milliseconds: 0, tooLarge: state.size, wait: patience, patience };
}

function larger(state: Pacing): Pacing {
  const size = state.size + 1;
  if (size >= SIZES.length || (size >= state.tooLarge && state.wait > 0)) return state;
  const expected = (state.milliseconds * pixelsAt(size)) / pixelsAt(state.size);
  if (expected > ROOM * FRAME_MILLISECONDS) return state;
  return { ...state, size, seen: 0, milliseconds: 0 };
}
