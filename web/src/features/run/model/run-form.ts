/** What the address says of a run that is being put together, and the job that this makes. */

import type { JobItem, ScannerFileItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import { changeOf, type OptionField } from "../../../domain/options.ts";
import { TypedError, valueOfText } from "../../../domain/setting-values.ts";
import { type ParameterField, parameterFields } from "./parameters.ts";

/** Search params of the place; all is text as it was typed. */
export interface RunSearch {
  /** Scanners, as `file.py@name`. */
  scanner?: string[] | undefined;
  /** A job file, instead of scanners. */
  job?: string | undefined;
  /** Arguments, as `file.py@name:parameter=text`. */
  arg?: string[] | undefined;
  /** Options, as `name=text`. */
  set?: string[] | undefined;
  /** Where the transcripts are. */
  location?: string | undefined;
  /** Conditions that all must hold. */
  where?: string[] | undefined;
  limit?: string | undefined;
  shuffle?: string | undefined;
  /** Whether what would be scanned was counted. */
  counted?: true | undefined;
  /** The scan of five transcripts that was tried. */
  trial?: string | undefined;
  /** The scan that was started. */
  run?: string | undefined;
}

export interface ChosenScanner {
  /** `file.py@name` */
  id: string;
  file: string;
  source: ScannerSourceItem;
  fields: readonly ParameterField[];
}

export interface Draft {
  /** As `POST /runs` takes it. */
  job: Record<string, unknown>;
  /** What cannot be, by the name of its field. */
  mistakes: Readonly<Record<string, string>>;
  /** Arguments of each scanner, by its id. */
  args: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Options that were set, by the name of their fields. */
  options: Readonly<Record<string, unknown>>;
}

export function scannerId(file: string, name: string): string {
  return `${file}@${name}`;
}

/** The scanners that the address names and the project has, in the order of the project. */
export function chosenScanners(files: readonly ScannerFileItem[], ids: readonly string[]): ChosenScanner[] {
  return files.flatMap(({ path, scanners }) =>
    scanners
      .map((source) => ({
        id: scannerId(path, source.name),
        file: path,
        source,
        fields: parameterFields(source),
      }))
      .filter(({ id }) => ids.includes(id)),
  );
}

export function argName(scanner: string, parameter: string): string {
  return `${scanner}:${parameter}`;
}

/** `a=1`, `b=2` as a mapping; only the first sign counts. */
export function readPairs(pairs: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
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

/** Options that have fields of their own above the others. */
const SELECTION = ["limit", "shuffle"] as const;
/** What a form of a run leaves out: it is said elsewhere on the screen. */
export const NOT_OPTIONS = new Set<string>([...SELECTION, "transcripts", "filter", "scanners", "worklist"]);

/** Make the job that the address describes. */
export function draftOf(
  search: RunSearch,
  chosen: readonly ChosenScanner[],
  fields: readonly OptionField[],
  base: JobItem | undefined,
): Draft {
  const mistakes: Record<string, string> = {};
  const read = (setting: ParameterField | OptionField, name: string, text: string) => {
    try {
      return valueOfText(setting, text);
    } catch (error) {
      if (!(error instanceof TypedError)) throw error;
      mistakes[name] = error.message;
      return undefined;
    }
  };
  const args = argumentsOf(chosen, readPairs(search.arg), read, mistakes);
  const options: Record<string, unknown> = {};
  const typed = { ...readPairs(search.set), limit: search.limit ?? "", shuffle: search.shuffle ?? "" };
  for (const field of fields) {
    const value = read(field, field.name, typed[field.name as keyof typeof typed] ?? "");
    if (value !== undefined) options[field.name] = value;
  }
  let job: Record<string, unknown> = { ...base?.job };
  for (const [name, value] of Object.entries(options)) job = { ...job, ...changeOf(job, name, value) };
  if (search.location) job.transcripts = search.location;
  if (search.where?.length) job.filter = [...conditionsOf(base), ...search.where];
  if (base === undefined) {
    job.scanners = chosen.map(({ id, file, source }) => ({
      name: source.name,
      file,
      params: args[id] ?? {},
    }));
  }
  return { job, mistakes, args, options };
}

function argumentsOf(
  chosen: readonly ChosenScanner[],
  typed: Readonly<Record<string, string>>,
  read: (setting: ParameterField, name: string, text: string) => unknown,
  mistakes: Record<string, string>,
): Record<string, Record<string, unknown>> {
  const args: Record<string, Record<string, unknown>> = {};
  for (const { id, fields } of chosen) {
    const given: Record<string, unknown> = {};
    for (const field of fields) {
      const name = argName(id, field.name);
      const value = read(field, name, typed[name] ?? "");
      if (value !== undefined) given[field.name] = value;
      else if (field.default === null) mistakes[name] ??= "This scanner needs a value.";
    }
    args[id] = given;
  }
  return args;
}

function conditionsOf(base: JobItem | undefined): string[] {
  const given = base?.job.filter;
  return typeof given === "string" ? [given] : Array.isArray(given) ? given.map(String) : [];
}
