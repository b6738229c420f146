/** Long texts: a beginning is shown, and how much more there is. */

export interface Folded {
  shown: string;
  /** Lines behind what is shown. */
  lines: number;
  /** Characters behind what is shown. */
  characters: number;
}

/** Long lines wrap: so many characters of one count as a line that is seen. */
const LINE_CHARACTERS = 110;

export function foldText(text: string, lines: number): Folded {
  let seen = 0;
  let at = 0;
  while (at < text.length && seen < lines) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    const height = Math.max(1, Math.ceil((stop - at) / LINE_CHARACTERS));
    if (seen + height > lines && seen + height > lines + 2) {
      at = characterEdge(text, at + (lines - seen) * LINE_CHARACTERS);
      seen = lines;
      break;
    }
    seen += height;
    at = Math.min(text.length, stop + 1);
  }
  const rest = text.slice(at);
  // Nothing is folded for the sake of two lines.
  if (rest === "" || (rest.length < 2 * LINE_CHARACTERS && countLines(rest) <= 2)) {
    return { shown: text, lines: 0, characters: 0 };
  }
  const shown = text.slice(0, at).replace(/\n$/, "");
  return { shown, lines: countLines(rest), characters: text.length - shown.length };
}

/** What a folded text does not show, in words: `140 more lines`. */
export function moreWords(lines: number, characters: number): string {
  if (lines > 1) return `${lines.toLocaleString("en")} more lines`;
  return `${characters.toLocaleString("en")} more characters`;
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < text.length - 1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Never between the two halves of a character. */
function characterEdge(text: string, at: number): number {
  const code = text.charCodeAt(at - 1);
  return code >= 0xd800 && code <= 0xdbff ? at + 1 : at;
}
