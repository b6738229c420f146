/** Texts of strangers, without React: what acts in them, the colours of terminals, what is folded, what is JSON. */

// Characters that act instead of being seen are shown by name, so that nothing in a text hides or moves another part.

interface Unseen {
  /** What is shown in its place. */
  glyph: string;
  /** What it is. */
  title: string;
}

// Control characters but tab and newline; bidi controls; fillers and joiners without width; tags and selectors in which text
// can be smuggled; separators that break lines where no line ends.
const ACTING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u034f|\u17b4|\u17b5|[\u{e0000}-\u{e0fff}]/gu;

// Joiners shape emoji and several scripts: between these they are as they should be.
const JOINED = /\p{L}|\p{M}|\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}]/u;

/** Fonts do not have pictures of these everywhere: they are shown by their short names. */
const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );

const NAMES: Readonly<Record<number, string>> = {
  27: "escape",
  13: "carriage return",
  173: "soft hyphen",
  1564: "Arabic letter mark",
  8203: "zero width space",
  8204: "zero width non-joiner",
  8205: "zero width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  65279: "byte order mark",
};

/** Cut a text at what acts; all other characters stay as they are. */
export function inertParts(text: string): (string | Unseen)[] {
  const parts: (string | Unseen)[] = [];
  let from = 0;
  for (const found of text.matchAll(ACTING)) {
    if (isJoiner(found[0]) && JOINED.test(characterBefore(text, found.index))) continue;
    // The carriage return of a Windows line end says nothing.
    if (found[0] === "\r" && text[found.index + 1] === "\n") {
      parts.push(text.slice(from, found.index));
    } else parts.push(text.slice(from, found.index), unseen(found[0]));
    from = found.index + found[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== "");
}

/** A text for where there are no elements, the title of a window, say. */
export function inertWords(text: string): string {
  return inertParts(text)
    .map((part) => (typeof part === "string" ? part : `[${part.glyph}]`))
    .join("");
}

/** Without `$`: Chromium 150 does not find characters of two units at the end of a text by their properties. */
function characterBefore(text: string, at: number): string {
  const isLow = /[\udc00-\udfff]/.test(text.charAt(at - 1));
  return text.slice(Math.max(0, at - (isLow ? 2 : 1)), at);
}

function isJoiner(character: string): boolean {
  return character === "\u200c" || character === "\u200d";
}

function unseen(character: string): Unseen {
  const code = character.codePointAt(0) ?? 0;
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const glyph = CONTROLS[code] ?? number;
  const name = NAMES[code] ?? (code >= 0xe0020 && code <= 0xe007e ? `tag ${String.fromCodePoint(code - 0xe0000)}` : "");
  return { glyph, title: name === "" ? number : `${number} ${name}` };
}

// Of terminals, only sequences that set colours and weights are understood; all other escape sequences stay in the text, where
// they are shown as characters: what moves a cursor could hide what is written.

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
/** What a number of a sequence changes; others change nothing. */
const EFFECTS: Readonly<Record<number, Partial<Look>>> = {
  0: PLAIN,
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  39: { colour: null },
};
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
    if (code >= 30 && code <= 37) next = { ...next, colour: code - 30 };
    else if (code >= 90 && code <= 97) next = { ...next, colour: code - 82 };
    else next = { ...next, ...EFFECTS[code] };
  }
  return next;
}

interface Folding {
  shown: string;
  /** Lines behind what is shown. */
  lines: number;
  /** Characters behind what is shown. */
  characters: number;
}

/** Long lines wrap: so many characters of one count as a line that is seen. */
const LINE_CHARACTERS = 110;

export function foldText(text: string, lines: number): Folding {
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

const MOST_JSON = 200_000;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The object or list that a text is; undefined where it is anything else. */
export function jsonOf(text: string): Json[] | { [key: string]: Json } | undefined {
  if (text.length > MOST_JSON || !/^\s*[[{]/.test(text)) return undefined;
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
