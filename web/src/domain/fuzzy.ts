/** Finding what somebody means who types only some letters of it. */

/** How well a text fits what was typed (0: best; null: not at all). All letters must be there, in their order. */
export function fuzzyDistance(typed: string, text: string): number | null {
  const wanted = typed.toLowerCase().replaceAll(" ", "");
  const letters = text.toLowerCase();
  if (wanted === "") return 0;
  const whole = letters.indexOf(typed.toLowerCase().trim());
  // What stands there as it was typed goes first, at the beginning of a word before the middle of one.
  if (whole >= 0) return startsWord(letters, whole) ? whole / 1000 : 1 + whole / 1000;
  let distance = 2;
  let at = -1;
  for (const letter of wanted) {
    const next = letters.indexOf(letter, at + 1);
    if (next < 0) return null;
    const gap = next - at - 1;
    if (gap > 0) distance += startsWord(letters, next) ? 1 : 1 + gap;
    at = next;
  }
  return distance;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
}

/** The items that fit, the best first; without a text all of them, as they were. */
export function fuzzyFilter<Item>(typed: string, items: readonly Item[], textOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, distance: fuzzyDistance(typed, textOf(item)) }))
    .filter((each): each is { item: Item; distance: number } => each.distance !== null)
    .toSorted((one, other) => one.distance - other.distance)
    .map(({ item }) => item);
}
