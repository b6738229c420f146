/**
 * Places in texts. The server counts characters (code points), strings here count UTF-16 units: a text with emoji has
 * other places here than there.
 */

const SURROGATES = /[\ud800-\udbff][\udc00-\udfff]/;

/** Gives the place in a string of a character that the server has counted. */
export type ToUnits = (characters: number) => number;

export function unitsOf(text: string): ToUnits {
  if (!SURROGATES.test(text)) return (characters) => characters;
  // Places of the characters that take two units: each shifts all behind it by one.
  const wide: number[] = [];
  let count = 0;
  for (const character of text) {
    if (character.length === 2) wide.push(count);
    count += 1;
  }
  return (characters) => characters + countBelow(wide, characters);
}

/** The same for a text of which some characters before were skipped. */
export function unitsFrom(text: string, from: number): ToUnits {
  const units = unitsOf(text);
  return (characters) => (characters <= from ? characters - from : units(characters - from));
}

/** How many characters a string has, as the server counts them. */
export function characterCount(text: string): number {
  if (!SURROGATES.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
