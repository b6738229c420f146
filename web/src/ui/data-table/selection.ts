/** Choosing rows, by their keys: one, several, or all between two. */

export type Selection = ReadonlySet<string>;

export function toggledKey(selection: Selection, key: string): Selection {
  const next = new Set(selection);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Add the rows between two places; those that are not here have no key and are left out. */
export function withRange(
  selection: Selection,
  keyAt: (index: number) => string | undefined,
  from: number,
  to: number,
): Selection {
  const next = new Set(selection);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const key = keyAt(index);
    if (key !== undefined) next.add(key);
  }
  return next;
}
