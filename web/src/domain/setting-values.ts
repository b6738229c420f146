/** What is typed into a form, and the values that it means: parameters of scanners, options of scans. */

export type SettingKind = "switch" | "integer" | "number" | "text" | "list" | "choice" | "json";

/** One field of a form. */
export interface Setting {
  /** Its name among the settings: `limit`, `generate_config.temperature`. */
  name: string;
  kind: SettingKind;
  choices: readonly string[];
  help: string;
  /** The smallest number that is allowed. */
  min?: number | undefined;
  /** Text is taken for JSON where it is some: nobody has said what the value is. */
  isOpen?: boolean;
}

/** What a text means: no value where nothing was typed, a mistake where it cannot be what the setting wants. */
export function readText(setting: Setting, text: string): { value?: unknown; mistake?: string } {
  try {
    return { value: valueOfText(setting, text) };
  } catch (error) {
    return { mistake: (error as Error).message };
  }
}

function valueOfText(setting: Setting, text: string): unknown {
  const typed = text.trim();
  if (typed === "") return undefined;
  switch (setting.kind) {
    case "switch":
      if (typed === "true" || typed === "false") return typed === "true";
      throw new Error("Choose yes or no.");
    case "integer":
    case "number":
      return numberOf(setting, typed);
    case "list":
      // One item a line; or a list in JSON, which alone can hold items with line ends.
      if (typed.startsWith("[")) return jsonOf(typed);
      return typed.split("\n").flatMap((line) => line.trim() || []);
    case "json":
      return jsonOf(typed);
    default:
      return setting.isOpen ? jsonOf(text, text) : text;
  }
}

function numberOf({ kind, min }: Setting, typed: string): number {
  const value = Number(typed);
  if (!Number.isFinite(value)) throw new Error("Write a number, with a point and no commas.");
  if (kind === "integer" && !Number.isInteger(value)) throw new Error("Write a whole number.");
  if (min !== undefined && value < min) throw new Error(`Write ${min} or more.`);
  return value;
}

/** The text that stands for a value in the field of a setting. */
export function textOfValue(setting: Setting, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (setting.kind === "list" && Array.isArray(value)) return value.map(plainText).join("\n");
  if (typeof value === "object") return JSON.stringify(value, null, 2);
  return setting.kind === "json" ? JSON.stringify(value) : plainText(value);
}

/** A text as it is, anything else as JSON. */
export function plainText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a setting means, and how it is written. */
export function helpOf({ help, kind }: Setting): string | undefined {
  const how = kind === "list" ? "One a line." : kind === "json" && "In JSON.";
  return [help, how].filter(Boolean).join(" ") || undefined;
}

function jsonOf(typed: string, otherwise?: string): unknown {
  try {
    return JSON.parse(typed);
  } catch (error) {
    if (otherwise !== undefined) return otherwise;
    throw new Error(`This is not JSON: ${(error as Error).message}`);
  }
}
