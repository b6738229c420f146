/**
 * What the address says of a run that is being put together: the job that this makes, its command, what is refused of
 * it, and what it found where it was tried.
 */

import type { RegisteredRouter, RouteById } from "@tanstack/react-router";
import type { JobItem, ScannerFileItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import { changeOf, type OptionField } from "../../../domain/options.ts";
import { plainText, readText, type Setting } from "../../../domain/setting-values.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { verdictOf } from "../../../domain/values.ts";
import { type ParameterField, parameterFields } from "./parameters.ts";

type Values = Record<string, unknown>;
type Texts = Readonly<Record<string, string>>;

/** Search params of the place; all is text as it was typed. */
export type RunSearch = RouteById<RegisteredRouter["routeTree"], "/run">["types"]["fullSearchSchema"];

export interface ChosenScanner {
  /** `file.py@name` */
  id: string;
  file: string;
  source: ScannerSourceItem;
  fields: readonly ParameterField[];
}

export interface Draft {
  /** As `POST /runs` takes it. */
  job: Values;
  /** What cannot be, by the name of its field. */
  mistakes: Texts;
  /** Arguments of each scanner, by its id. */
  args: Readonly<Record<string, Values>>;
  /** Options that were set, by the name of their fields. */
  options: Values;
}

export function scannerId(file: string, name: string): string {
  return `${file}@${name}`;
}

/** The scanners that the address names and the project has, in the order of the project. */
export function chosenScanners(files: readonly ScannerFileItem[], ids: readonly string[] = []): ChosenScanner[] {
  return files.flatMap(({ path: file, scanners }) =>
    scanners
      .map((source) => ({ id: scannerId(file, source.name), file, source, fields: parameterFields(source) }))
      .filter(({ id }) => ids.includes(id)),
  );
}

export function argName(scanner: string, parameter: string): string {
  return `${scanner}:${parameter}`;
}

/** `a=1`, `b=2` as a mapping; only the first sign counts. */
export function readPairs(pairs: readonly string[] = []): Texts {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", ...text] = pair.split("=");
      return [name, text.join("=")];
    }),
  );
}

/** The pairs with one changed; an empty text takes it away. */
export function changedPairs(pairs: readonly string[] = [], name: string, text: string): string[] | undefined {
  const { [name]: _, ...others } = readPairs(pairs);
  const all = text === "" ? others : { ...others, [name]: text };
  const written = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  return written.length === 0 ? undefined : written;
}

/** Make the job that the address describes. */
export function draftOf(
  search: RunSearch,
  chosen: readonly ChosenScanner[],
  fields: readonly OptionField[],
  base: JobItem | undefined,
): Draft {
  const mistakes: Record<string, string> = {};
  const read = (
    settings: readonly (Setting & { default?: string | null })[],
    typed: Texts,
    nameOf: (name: string) => string,
  ) => {
    const values: Values = {};
    for (const setting of settings) {
      const name = nameOf(setting.name);
      const { value, mistake } = readText(setting, typed[name] ?? "");
      if (mistake !== undefined) mistakes[name] = mistake;
      else if (value !== undefined) values[setting.name] = value;
      else if (setting.default === null) mistakes[name] = "This scanner needs a value.";
    }
    return values;
  };
  const given = readPairs(search.arg);
  const args = Object.fromEntries(
    chosen.map((scanner) => [scanner.id, read(scanner.fields, given, (name) => argName(scanner.id, name))]),
  );
  const typed = { ...readPairs(search.set), limit: search.limit ?? "", shuffle: search.shuffle ?? "" };
  const options = read(fields, typed, (name) => name);
  const job: Values = { ...base?.job };
  for (const [name, value] of Object.entries(options)) Object.assign(job, changeOf(job, name, value));
  if (search.location) job.transcripts = search.location;
  if (search.where?.length) job.filter = [base?.job.filter ?? [], search.where].flat();
  if (base === undefined) {
    job.scanners = chosen.map(({ id, file, source }) => ({ name: source.name, file, params: args[id] }));
  }
  return { job, mistakes, args, options };
}

/** One line where the command line can say it; else a job file and the line that runs it. */
export function commandsOf(
  search: RunSearch,
  chosen: readonly ChosenScanner[],
  draft: Draft,
  fields: readonly OptionField[],
): { name: string; command: string }[] {
  const [only, ...others] = chosen;
  const set = fields.filter(({ name }) => draft.options[name] !== undefined);
  const file = search.job ?? (others.length === 0 ? only?.id : undefined);
  // What has no flag can only be said in a file.
  if (file === undefined || set.some(({ flag }) => flag === "")) {
    return [
      { name: "job.json", command: JSON.stringify(draft.job, null, 2) },
      { name: "In a terminal, with that file", command: "scout scan job.json" },
    ];
  }
  const args = only === undefined ? {} : (draft.args[only.id] ?? {});
  const words = [
    ...["scout", "scan", file],
    ...pairWords("-S", args),
    ...(search.location ? ["-T", search.location] : []),
    ...(search.where ?? []).flatMap((condition) => ["-F", condition]),
    ...set.flatMap((field) => flagWords(field, draft.options[field.name])),
  ];
  return [{ name: "In a terminal", command: shellLine(words) }];
}

function flagWords({ flag, kind, name }: OptionField, value: unknown): string[] {
  if (value === true && (kind === "switch" || name === "shuffle")) return [flag];
  if (value === false && (kind === "switch" || name === "shuffle")) return [];
  if (Array.isArray(value) && name === "tags") return [flag, value.join(",")];
  if (Array.isArray(value) && kind === "list") return value.flatMap((item) => [flag, String(item)]);
  const isMapping = kind === "json" && typeof value === "object" && value !== null && !Array.isArray(value);
  if (isMapping && name !== "generate_config.response_schema") return pairWords(flag, value);
  return [flag, plainText(value)];
}

function pairWords(flag: string, values: object): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${plainText(value)}`]);
}

const KEY = /^(?:line \d+, )?key '([^']+)': (.*)$/;
const ARGUMENT =
  /^(?:Scanner '[^']+': )?(?:Argument '([^']+)' of|Unknown argument of) scanner '([^']+)'(?:: '([^']+)')?/;
const CONDITION = /\(in the condition |^Unknown column: |^Unknown function: /;
/** Keys of job files that fields call by another name. */
const FIELDS: Texts = { filter: "where", transcripts: "location" };

/** Read a refusal, a line for each mistake in the words of the command: `fields` by the fields that are on the screen, and the `rest`. */
export function readRefusal(message: string, names: ReadonlySet<string>, chosen: readonly ChosenScanner[]) {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const line of message.split("\n").map((each) => each.trim())) {
    const [name, words] = refusedField(line, chosen);
    if (name !== undefined && names.has(name)) fields[name] = words ?? line;
    else if (line !== "" && !line.endsWith("mistakes:")) rest.push(line);
  }
  return { fields, rest: rest.join("\n") };
}

function refusedField(line: string, chosen: readonly ChosenScanner[]): [name?: string, words?: string | undefined] {
  const [, key, words] = KEY.exec(line) ?? [];
  if (key !== undefined) {
    // `filter.0` is one of the conditions, `generate_config.seed` a field of its own.
    const [top = ""] = key.split(".");
    return [FIELDS[top] ?? (top === "generate_config" ? key.split(".", 2).join(".") : top), words];
  }
  if (CONDITION.test(line)) return ["where"];
  const [, argument, scanner, unknown] = ARGUMENT.exec(line) ?? [];
  const owner = chosen.find(({ source }) => source.name === scanner);
  const parameter = argument ?? unknown;
  if (owner === undefined || parameter === undefined) return [];
  return [argName(owner.id, parameter), line.replace(/^Scanner '[^']+': /, "")];
}

const TASK = ["transcript_task_set", "transcript_task_id", "transcript_task_repeat"];
/** Columns that `trialRow` reads. */
export const TRIAL_COLUMNS = [
  ...["uuid", "transcript_id", ...TASK],
  ...["value", "label", "answer", "explanation", "scan_error"],
];

/** A result of a scan that was tried, as a line. */
export function trialRow(cells: Readonly<Record<string, unknown>>) {
  const error = textOf(cells.scan_error);
  return {
    id: textOf(cells.uuid),
    task:
      TASK.map((column) => textOf(cells[column]))
        .filter(Boolean)
        .join(" / ") || textOf(cells.transcript_id),
    verdict: verdictOf(cells.value, error),
    value: error === "" ? textOf(cells.value ?? cells.label ?? cells.answer) || "none" : "error",
    explanation: error || textOf(cells.explanation),
  };
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
