/** The command that does the same as the form. */

import type { OptionField } from "../../../domain/options.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import type { ChosenScanner, Draft, RunSearch } from "./run-form.ts";

export interface NamedCommand {
  name: string;
  command: string;
}

/** One line where the command line can say it; else a job file and the line that runs it. */
export function commandsOf(
  search: RunSearch,
  chosen: readonly ChosenScanner[],
  draft: Draft,
  fields: readonly OptionField[],
): NamedCommand[] {
  const options = optionWords(search, draft, fields);
  const [only] = chosen;
  const file = search.job ?? (chosen.length === 1 ? only?.id : undefined);
  if (file !== undefined && options !== null) {
    const words = ["scout", "scan", file];
    const args = only === undefined ? {} : (draft.args[only.id] ?? {});
    for (const [name, value] of Object.entries(args)) words.push("-S", `${name}=${argText(value)}`);
    return [{ name: "In a terminal", command: shellLine([...words, ...options]) }];
  }
  const text = JSON.stringify(draft.job, null, 2);
  return [
    { name: "job.json", command: text },
    { name: "In a terminal, with that file", command: "scout scan job.json" },
  ];
}

/** Null: something was set that the command line cannot say. */
function optionWords(search: RunSearch, draft: Draft, fields: readonly OptionField[]): string[] | null {
  const words: string[] = [];
  if (search.location) words.push("-T", search.location);
  for (const condition of search.where ?? []) words.push("-F", condition);
  for (const field of fields) {
    const value = draft.options[field.name];
    if (value === undefined) continue;
    if (field.flag === "") return null;
    words.push(...flagWords(field, value));
  }
  return words;
}

function flagWords({ flag, kind, name }: OptionField, value: unknown): string[] {
  if (kind === "switch" || name === "shuffle") {
    if (value === true) return [flag];
    if (value === false) return [];
  }
  if (name === "tags" && Array.isArray(value)) return [flag, value.join(",")];
  if (kind === "list" && Array.isArray(value)) return value.flatMap((item) => [flag, String(item)]);
  if (kind === "json" && typeof value === "object" && value !== null && !Array.isArray(value)) {
    if (name !== "generate_config.response_schema")
      return Object.entries(value).flatMap(([key, item]) => [flag, `${key}=${argText(item)}`]);
  }
  return [flag, argText(value)];
}

function argText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
