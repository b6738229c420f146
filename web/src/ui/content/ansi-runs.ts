/**
 * Text with the colours of a terminal, as runs. Only sequences that set colours and weights are understood; all other escape
 * sequences stay in the text, where they are shown as characters: what moves a cursor could hide what is written.
 */

export interface AnsiRun {
  text: string;
  /** Where it begins in the source. */
  start: number;
  /** Of the terminal, 0 to 15. */
  colour: number | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

type Look = Omit<AnsiRun, "text" | "start">;

const PLAIN: Look = { colour: null, bold: false, dim: false, italic: false, underline: false };
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SGR = /\u001b\[([\d;:]*)m/g;

export function hasAnsi(text: string): boolean {
  return text.includes("\u001b[");
}

export function ansiRuns(source: string): AnsiRun[] {
  const runs: AnsiRun[] = [];
  let look = PLAIN;
  let from = 0;
  for (const found of source.matchAll(SGR)) {
    if (found.index > from) runs.push({ text: source.slice(from, found.index), start: from, ...look });
    look = changed(look, (found[1] ?? "").split(/[;:]/).map(Number));
    from = found.index + found[0].length;
  }
  if (from < source.length) runs.push({ text: source.slice(from), start: from, ...look });
  return runs;
}

function changed(look: Look, codes: readonly number[]): Look {
  let next = look;
  for (let place = 0; place < codes.length; place += 1) {
    const code = codes[place] ?? 0;
    if (code === 38 || code === 48) {
      // A colour of 256 or of millions: its numbers are skipped, it may not be readable on our background.
      place += codes[place + 1] === 2 ? 4 : 2;
      continue;
    }
    next = code === 0 ? PLAIN : { ...next, ...effect(code) };
  }
  return next;
}

function effect(code: number): Partial<Look> {
  if (code >= 30 && code <= 37) return { colour: code - 30 };
  if (code >= 90 && code <= 97) return { colour: code - 82 };
  switch (code) {
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 39:
      return { colour: null };
    default:
      return {};
  }
}
