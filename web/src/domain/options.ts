/** The table of options as fields of forms: what each takes, where it belongs, and where its value comes from. */

import type { FlagItem, OptionItem } from "../api/generated/types.gen.ts";
import type { Setting, SettingKind } from "./setting-values.ts";

/** An option, or one key of an option that holds several. */
export interface OptionField extends Setting {
  label: string;
  group: string;
  help: string;
  /** What holds when nobody sets it, in words. */
  defaultHelp: string;
  /** The value in the project as it is saved. */
  value: unknown;
  /** Where that comes from, the strongest first. */
  sources: readonly string[];
  variables: readonly string[];
  /** How the command line calls it ("": it does not). */
  flag: string;
  setIn: readonly string[];
}

/** Kinds of the server, and the fields that they make. What is not here is written as JSON. */
const KINDS: Readonly<Record<string, SettingKind>> = {
  text: "text",
  location: "text",
  count: "integer",
  amount: "integer",
  integer: "integer",
  number: "number",
  seconds: "number",
  choice: "choice",
  switch: "switch",
  names: "list",
  locations: "list",
  conditions: "list",
  seed: "text",
  cache: "text",
  batch: "text",
};
const LEAST: Readonly<Record<string, number>> = { count: 1, amount: 0, seconds: 0 };
/** These take a number, a word, or more than that. */
const OPEN = new Set(["seed", "cache", "batch"]);

const GROUPS = [
  ["Selection", ["transcripts", "filter", "limit", "shuffle", "duplicates"]],
  ["Scan", ["name", "scans", "tags", "metadata", "record_input", "results_buffer"]],
  ["Work", ["max_transcripts", "max_processes", "executor", "ray_address", "scanner_timeout", "log_level"]],
  ["Model", ["model", "model_base_url", "model_args", "model_roles"]],
  ["Generation", ["generate_config"]],
  ["Scanners and cases", ["scanners", "worklist", "validation"]],
  ["Viewer", ["trust_content"]],
] as const;
const OTHERS = "More";

/** The fields of the options that can be set in a place: a job, a project. */
export function optionFields(options: readonly OptionItem[], place: string): OptionField[] {
  const fields = options
    .filter((option) => option.set_in.includes(place))
    .flatMap((option) => (option.kind === "generation" ? generationFields(option) : [fieldOf(option)]));
  const order = [...GROUPS.flatMap(([group, names]) => names.map((name) => `${group} ${name}`))];
  const place_of = ({ group, name }: OptionField) => {
    const at = order.indexOf(`${group} ${name.split(".")[0]}`);
    return at < 0 ? order.length : at;
  };
  return fields
    .map((field, at) => ({ field, at }))
    .sort((one, other) => place_of(one.field) - place_of(other.field) || one.at - other.at)
    .map(({ field }) => field);
}

/** The fields by their group, groups without a field left out. */
export function groupedFields(fields: readonly OptionField[]): [string, OptionField[]][] {
  const groups = new Map<string, OptionField[]>();
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return [...groups];
}

/** Whether a field is about what somebody looks for. */
export function isSought(field: OptionField, sought: string): boolean {
  const { label, name, flag, group, help, variables } = field;
  const text = [label, name, flag, group, help, ...variables].join(" ").toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function fieldOf(option: OptionItem): OptionField {
  const [flag] = option.flags;
  return {
    ...settingOf(option.name, option.kind, option.choices),
    label: labelOf(option.name),
    group: groupOf(option.name),
    help: option.help.replace(/ Default: .*/s, ""),
    defaultHelp: option.default_help,
    value: option.value,
    sources: option.sources,
    variables: option.variables,
    flag: flag === undefined ? "" : longest(flag),
    setIn: option.set_in,
  };
}

/** The options of generation stand in one key of project files, each with a flag of its own. */
function generationFields(option: OptionItem): OptionField[] {
  const values = (option.value ?? {}) as Readonly<Record<string, unknown>>;
  return option.flags.map((flag) => ({
    ...settingOf(`${option.name}.${flag.parameter}`, flag.kind, flag.choices),
    label: labelOf(flag.parameter),
    group: groupOf(option.name),
    help: flag.help.replace(/ Default: .*/s, ""),
    defaultHelp: /Default: (.*?)\.?$/s.exec(flag.help)?.[1] ?? "",
    value: values[flag.parameter],
    sources: values[flag.parameter] === undefined ? ["default"] : option.sources,
    variables: option.variables.filter((name) => name.endsWith(`_${flag.parameter.toUpperCase()}`)),
    flag: longest(flag),
    setIn: option.set_in,
  }));
}

function settingOf(name: string, kind: string, choices: readonly string[]): Setting {
  const least = LEAST[kind];
  return {
    name,
    kind: KINDS[kind] ?? "json",
    choices,
    ...(least === undefined ? {} : { min: least }),
    ...(OPEN.has(kind) ? { isOpen: true } : {}),
  };
}

function groupOf(name: string): string {
  return GROUPS.find(([, names]) => (names as readonly string[]).includes(name))?.[0] ?? OTHERS;
}

function longest({ names }: FlagItem): string {
  return names.find((name) => name.startsWith("--")) ?? names[0] ?? "";
}

const CAPITALS: Readonly<Record<string, string>> = { url: "URL", p: "P", k: "K" };

/** `max_processes` as words: "Max processes". */
function labelOf(name: string): string {
  const words = name.split("_").map((word) => CAPITALS[word] ?? word);
  const [first = "", ...rest] = words;
  return [first.charAt(0).toUpperCase() + first.slice(1), ...rest].join(" ");
}

/** A value at a dotted name in a mapping. */
export function valueAt(config: Readonly<Record<string, unknown>>, name: string): unknown {
  let value: unknown = config;
  for (const part of name.split(".")) value = (value as Readonly<Record<string, unknown>> | undefined)?.[part];
  return value;
}

/** What changes at the top when the value at a dotted name does; undefined takes it away. */
export function changeOf(
  config: Readonly<Record<string, unknown>>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  const [key = "", inner] = name.split(".");
  if (inner === undefined) return { [key]: value ?? null };
  const { [inner]: _, ...others } = (config[key] ?? {}) as Record<string, unknown>;
  return { [key]: value === undefined ? others : { ...others, [inner]: value } };
}
