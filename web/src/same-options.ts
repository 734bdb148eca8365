/** Comparing options by value, for hooks, which are given new objects all the time. */

/**
 * Whether two objects of options say the same, but for their callbacks. Styles and URLs are compared by their JSON, styles without
 * their id, which is another one each time that `mix` is called; everything else by identity.
 */
export function sameOptions(a: object, b: object): boolean {
  const callbacks = { onProgress: 0, onRows: 0 };
  const [left, right] = [{ ...a, ...callbacks }, { ...b, ...callbacks }] as [Record<string, unknown>, Record<string, unknown>];
  return Object.keys({ ...left, ...right }).every((name) => sameValue(left[name], right[name]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return Object.is(a, b) || (hasJson(a) && hasJson(b) && jsonOf(a) === jsonOf(b));
}

const jsonOf = (value: unknown): string => JSON.stringify(value, (name, part: unknown) => (name === 'id' ? undefined : part));

const hasJson = (value: unknown): boolean => typeof (value as { toJSON?: unknown } | undefined | null)?.toJSON === 'function';
