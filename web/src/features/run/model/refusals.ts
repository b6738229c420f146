/** What the server refuses, put beside the fields that it is about. */

import type { ChosenScanner } from "./run-form.ts";
import { argName } from "./run-form.ts";

export interface Refusal {
  /** By the name of the field. */
  fields: Readonly<Record<string, string>>;
  /** What is about no field, or about one that is not on the screen. */
  rest: string;
}

const KEY = /^(?:line \d+, )?key '([^']+)': (.*)$/;
const ARGUMENT =
  /^(?:Scanner '([^']+)': )?(?:Argument '([^']+)' of|Unknown argument of) scanner '([^']+)'(?:: '([^']+)')?(.*)$/s;
const CONDITION = /\(in the condition |^Unknown column: |^Unknown function: /;

/** Read a refusal: a line for each mistake, in the words of the command. */
export function readRefusal(message: string, names: ReadonlySet<string>, chosen: readonly ChosenScanner[]): Refusal {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const line of message.split("\n").map((each) => each.trim())) {
    const found = fieldOf(line, chosen);
    if (found !== undefined && names.has(found.name)) fields[found.name] = found.words;
    else if (line !== "" && !line.endsWith("mistakes:")) rest.push(line);
  }
  return { fields, rest: rest.join("\n") };
}

function fieldOf(line: string, chosen: readonly ChosenScanner[]): { name: string; words: string } | undefined {
  const [, key, words] = KEY.exec(line) ?? [];
  if (key !== undefined) return { name: fieldName(key), words: words ?? "" };
  if (CONDITION.test(line)) return { name: "where", words: line };
  const [, , argument, scanner, unknown] = ARGUMENT.exec(line) ?? [];
  const owner = chosen.find(({ source }) => source.name === scanner);
  const parameter = argument ?? unknown;
  if (owner === undefined || parameter === undefined) return undefined;
  return { name: argName(owner.id, parameter), words: line.replace(/^Scanner '[^']+': /, "") };
}

/** Keys of a job file, as the fields call them: `filter.0` is the list of conditions. */
function fieldName(key: string): string {
  const [top = "", inner] = key.split(".");
  if (top === "filter") return "where";
  if (top === "transcripts") return "location";
  return top === "generate_config" && inner !== undefined ? `${top}.${inner}` : top;
}
