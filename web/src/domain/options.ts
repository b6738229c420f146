/** The table of options as fields of forms: what each takes, where it belongs, and where its value comes from. */

import type { FlagItem, OptionItem } from "../api/generated/types.gen.ts";
import type { Setting, SettingKind } from "./setting-values.ts";

type Config = Readonly<Record<string, unknown>>;

/** An option, or one key of an option that holds several. */
export interface OptionField extends Setting {
  label: string;
  group: string;
  /** What holds when nobody sets it, in words. */
  defaultHelp: string;
  /** The value in the project as it is saved. */
  value: unknown;
  /** Where that comes from, the strongest first. */
  sources: readonly string[];
  variables: readonly string[];
  /** How the command line calls it ("": it does not). */
  flag: string;
}

/** Kinds of the server, and the fields that they make. What is not here is written as JSON. */
const KINDS: readonly [SettingKind, string[]][] = [
  ["text", ["text", "location", "seed", "cache", "batch"]],
  ["integer", ["integer", "count", "amount"]],
  ["number", ["number", "seconds"]],
  ["choice", ["choice"]],
  ["switch", ["switch"]],
  ["list", ["names", "locations", "conditions"]],
];
const LEAST: Readonly<Record<string, number>> = { count: 1, amount: 0, seconds: 0 };
/** These take a number, a word, or more than that. */
const OPEN = new Set(["seed", "cache", "batch"]);

const GROUPS: readonly [string, string[]][] = [
  ["Selection", ["transcripts", "filter", "limit", "shuffle", "duplicates"]],
  ["Scan", ["name", "scans", "tags", "metadata", "record_input", "results_buffer"]],
  ["Work", ["max_transcripts", "max_processes", "executor", "ray_address", "scanner_timeout", "log_level"]],
  ["Model", ["model", "model_base_url", "model_args", "model_roles"]],
  ["Generation", ["generate_config"]],
  ["Scanners and cases", ["scanners", "worklist", "validation"]],
  ["Viewer", ["trust_content"]],
];
const ORDER = GROUPS.flatMap(([, names]) => names);

/** The fields of the options that can be set in a place: a job, a project. */
export function optionFields(options: readonly OptionItem[], place: string): OptionField[] {
  const placeOf = ({ name }: OptionItem) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return options
    .filter((option) => option.set_in.includes(place))
    .toSorted((one, other) => placeOf(one) - placeOf(other))
    .flatMap((option) => (option.kind === "generation" ? generationFields(option) : [fieldOf(option)]));
}

/** The fields that are about what somebody looks for, by their group; groups without a field are left out. */
export function groupedFields(fields: readonly OptionField[], sought = ""): [string, OptionField[]][] {
  const words = sought.toLowerCase().split(/\s+/);
  const groups = new Map<string, OptionField[]>();
  for (const field of fields) {
    const { label, name, flag, group, help, variables } = field;
    const text = [label, name, flag, group, help, ...variables].join(" ").toLowerCase();
    if (words.every((word) => text.includes(word))) groups.set(group, [...(groups.get(group) ?? []), field]);
  }
  return [...groups];
}

function fieldOf(option: OptionItem): OptionField {
  const { value, sources, variables, default_help: defaultHelp } = option;
  const [flag] = option.flags;
  return { ...described(option, option.name, option, flag), defaultHelp, value, sources, variables };
}

/** The options of generation stand in one key of project files, each with a flag of its own. */
function generationFields(option: OptionItem): OptionField[] {
  return option.flags.map((flag) => {
    const { parameter, help } = flag;
    const value = ((option.value ?? {}) as Config)[parameter];
    return {
      ...described(option, parameter, flag, flag),
      name: `${option.name}.${parameter}`,
      defaultHelp: /Default: (.*?)\.?$/s.exec(help)?.[1] ?? "",
      value,
      sources: value === undefined ? ["default"] : option.sources,
      variables: option.variables.filter((name) => name.endsWith(`_${parameter.toUpperCase()}`)),
    };
  });
}

function described(
  option: OptionItem,
  name: string,
  { kind, choices, help }: Pick<FlagItem, "kind" | "choices" | "help">,
  flag: FlagItem | undefined,
) {
  return {
    name,
    label: labelOf(name),
    group: GROUPS.find(([, names]) => names.includes(option.name))?.[0] ?? "More",
    kind: KINDS.find(([, kinds]) => kinds.includes(kind))?.[0] ?? "json",
    choices,
    help: help.replace(/ Default: .*/s, ""),
    min: LEAST[kind],
    isOpen: OPEN.has(kind),
    flag: flag?.names.find((each) => each.startsWith("--")) ?? flag?.names[0] ?? "",
  };
}

/** `max_processes` as words: "Max processes", and `top_p`: "Top P". */
function labelOf(name: string): string {
  return name.replaceAll("_", " ").replace(/^.|\b(url|p|k)\b/g, (letters) => letters.toUpperCase());
}

/** A value at a dotted name in a mapping. */
export function valueAt(config: Config, name: string): unknown {
  return name.split(".").reduce<unknown>((value, part) => (value as Config | undefined)?.[part], config);
}

/** What changes at the top when the value at a dotted name does; undefined takes it away. */
export function changeOf(config: Config, name: string, value: unknown): Record<string, unknown> {
  const [key = "", inner] = name.split(".");
  if (inner === undefined) return { [key]: value ?? null };
  const { [inner]: _, ...others } = (config[key] ?? {}) as Record<string, unknown>;
  return { [key]: value === undefined ? others : { ...others, [inner]: value } };
}
