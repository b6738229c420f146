/** Characters that act instead of being seen: they are shown by name, so that nothing in a text hides or moves another part. */

export interface Unseen {
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
