/** What a tool was called with: taken from the text of the call, which has one `name: value` after the other. */

export interface Argument {
  name: string;
  text: string;
  /** Where the value begins in the text of the message. */
  start: number;
}

const HEAD = /^\s*Tool Call: [^\n]*\nArguments:\n?/;
// Only these begin a value of their own behind the first: a line of code or YAML may look like any other name.
const NAMES = new Set(
  (
    "path file file_path filename file_text content contents text command commands cmd code old_str new_str old_string " +
    "new_string old new insert_line insert_text view_range patch diff input query pattern timeout cwd workdir working_dir " +
    "description start end offset limit url prompt message task question answer reason args arguments replace_all " +
    "run_in_background subagent_type output_mode glob type recursive language session session_id mode name id user"
  ).split(" "),
);
const TELLING = ["cmd", "command", "path", "file_path", "file", "filename", "query", "pattern", "url", "code"];
const NAMED = /^([A-Za-z_][\w.-]{0,60}): ?/;

/** Take the text of a call apart. `start` is where it begins in the text of the message. */
export function argumentsOf(text: string, start: number): Argument[] {
  const head = HEAD.exec(text);
  if (head === null) return [];
  const found: Argument[] = [];
  let place = head[0].length;
  for (const line of text.slice(place).match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const named = NAMED.exec(line);
    const last = found.at(-1);
    if (named?.[1] !== undefined && (last === undefined || NAMES.has(named[1]))) {
      const { length } = named[0];
      found.push({ name: named[1], text: line.slice(length), start: start + place + length });
    } else if (last !== undefined) last.text += line;
    place += line.length;
  }
  for (const argument of found) argument.text = argument.text.replace(/\n$/, "");
  return found;
}

/**
 * The same where the server tells the arguments themselves: their places are looked for in the text, one behind the other.
 * What is written otherwise there (numbers, lists) has the place behind its name.
 */
export function placedArguments(given: Readonly<Record<string, unknown>>, text: string, start: number): Argument[] {
  let cursor = HEAD.exec(text)?.[0].length ?? 0;
  return Object.entries(given).map(([name, value]) => {
    const written = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    const at = text.indexOf(`${name}: `, cursor);
    if (at >= 0) cursor = at + name.length + 2;
    const argument = { name, text: written, start: start + cursor };
    if (typeof value === "string") cursor += value.length;
    return argument;
  });
}

export function argumentNamed(found: readonly Argument[], ...names: readonly string[]): Argument | undefined {
  const name = names.find((each) => found.some((argument) => argument.name === each));
  return found.find((argument) => argument.name === name);
}

/** What says best what a call does, as one line: its command, path or query; null where nothing does. */
export function headlineOf(found: readonly Argument[]): Argument | null {
  const telling = argumentNamed(found, ...TELLING) ?? (found.length === 1 ? found[0] : undefined);
  return telling === undefined ? null : { ...telling, text: telling.text.split("\n", 1)[0] ?? "" };
}
