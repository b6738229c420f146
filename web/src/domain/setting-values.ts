/** What is typed into a form, and the values that it means: parameters of scanners, options of scans. */

export type SettingKind = "switch" | "integer" | "number" | "text" | "list" | "choice" | "json";

/** One field of a form. */
export interface Setting {
  /** Its name among the settings: `limit`, `generate_config.temperature`. */
  name: string;
  kind: SettingKind;
  choices: readonly string[];
  /** The smallest number that is allowed. */
  min?: number;
  /** Text is taken for JSON where it is some: nobody has said what the value is. */
  isOpen?: boolean;
}

/** What was typed cannot be what the setting wants. */
export class TypedError extends Error {}

/** The value that a text means; undefined when nothing was typed. */
export function valueOfText(setting: Setting, text: string): unknown {
  const typed = text.trim();
  if (typed === "") return undefined;
  switch (setting.kind) {
    case "switch":
      if (typed === "true" || typed === "false") return typed === "true";
      throw new TypedError("Choose yes or no.");
    case "integer":
    case "number":
      return numberOf(setting, typed);
    case "list":
      return listOf(typed);
    case "json":
      return jsonOf(typed);
    default:
      return setting.isOpen ? openOf(text) : text;
  }
}

/** The text that stands for a value in the field of a setting. */
export function textOfValue(setting: Setting, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (setting.kind === "list" && Array.isArray(value)) return value.map(itemText).join("\n");
  if (typeof value === "string" && setting.kind !== "json") return value;
  if (typeof value === "object") return JSON.stringify(value, null, 2);
  return JSON.stringify(value);
}

function numberOf({ kind, min }: Setting, typed: string): number {
  const value = Number(typed);
  if (!Number.isFinite(value)) throw new TypedError("Write a number, with a point and no commas.");
  if (kind === "integer" && !Number.isInteger(value)) throw new TypedError("Write a whole number.");
  if (min !== undefined && value < min) throw new TypedError(`Write ${min} or more.`);
  return value;
}

/** One item a line; or a list in JSON, which alone can hold items with line ends. */
function listOf(typed: string): unknown[] {
  if (typed.startsWith("[")) {
    const value = jsonOf(typed);
    if (Array.isArray(value)) return value;
  }
  return typed
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function itemText(item: unknown): string {
  return typeof item === "string" ? item : JSON.stringify(item);
}

function jsonOf(typed: string): unknown {
  try {
    return JSON.parse(typed);
  } catch (error) {
    throw new TypedError(`This is not JSON: ${(error as Error).message}`);
  }
}

function openOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
