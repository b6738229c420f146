/** Parameters of scanners, as text of Python files, made fields of a form. */

import type { ParameterItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import type { Setting, SettingKind } from "../../../domain/setting-values.ts";

export interface ParameterField extends Setting {
  annotation: string;
  /** Python text of its default; null: a value must be given. */
  default: string | null;
}

const SIMPLE: Readonly<Record<string, SettingKind>> = {
  bool: "switch",
  int: "integer",
  float: "number",
  str: "text",
};
const LISTS = /^(list|tuple|set|frozenset|Sequence|Collection|Iterable)\b/;
const LITERAL = /^(?:typing\.)?Literal\[(.*)\]$/s;

/** The fields of a scanner; what stands for a catch-all (`**options`) has none. */
export function parameterFields(scanner: ScannerSourceItem): ParameterField[] {
  const helps = parameterHelp(scanner.doc ?? "");
  return scanner.parameters
    .filter(({ name }) => !name.startsWith("*"))
    .map((parameter) => ({
      name: parameter.name,
      ...shapeOf(parameter),
      annotation: parameter.annotation ?? "",
      help: helps[parameter.name] ?? "",
      default: parameter.default,
    }));
}

/** What a scanner is for: its docstring up to the list of arguments, or the question that it asks. */
export function purposeOf({ doc, question }: ScannerSourceItem): string {
  const [purpose = ""] = (doc ?? "").split(/\n\s*(?:Args|Arguments|Parameters|Returns|Raises|Example)s?:/);
  return purpose.trim().replace(/\n\s+/g, " ") || (question ?? "");
}

function shapeOf({ annotation, default: given }: ParameterItem): Pick<Setting, "kind" | "choices" | "isOpen"> {
  const [type, ...others] = unionOf(annotation ?? "").filter((each) => each !== "None");
  if (type === undefined) return { kind: "text", choices: [], isOpen: !/^[rbf]?['"]/.test(given ?? "") };
  // What can be one of several types is told from what is typed.
  if (others.length > 0) return { kind: "text", choices: [], isOpen: true };
  const words = LITERAL.exec(type)?.[1];
  if (words !== undefined) {
    const choices = partsOf(words, ",").map(unquoted);
    return { kind: "choice", choices, isOpen: !/["']/.test(words) };
  }
  return { kind: LISTS.test(type) ? "list" : (SIMPLE[type] ?? "json"), choices: [] };
}

function unquoted(python: string): string {
  return python.replace(/^(['"])(.*)\1$/s, "$2");
}

/** The members of a union: `A | B`, `Optional[A]`, `Union[A, B]`. */
function unionOf(annotation: string): string[] {
  const text = unquoted(annotation.trim());
  const inside = /^(?:typing\.)?(Optional|Union|Annotated)\[(.*)\]$/s.exec(text);
  if (inside?.[1] === "Annotated") return unionOf(partsOf(inside[2] ?? "", ",")[0] ?? "");
  if (inside !== null) return partsOf(inside[2] ?? "", ",").flatMap(unionOf);
  return partsOf(text, "|");
}

/** Cut a text at a sign that stands outside of brackets and quotes. */
function partsOf(text: string, sign: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const [token] of text.matchAll(/'[^']*'|"[^"]*"|./gs)) {
    if ("[(".includes(token)) depth += 1;
    if ("])".includes(token)) depth -= 1;
    if (token === sign && depth === 0) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** What a docstring says of each parameter, in the section `Args:`. */
function parameterHelp(doc: string): Readonly<Record<string, string>> {
  const helps: Record<string, string> = {};
  const section = /\n\s*(?:Args|Arguments|Parameters):\s*\n(.*?)(?:\n\s*\n|\n\s*[A-Z]\w+:\s*\n|$)/s.exec(doc);
  let last = "";
  for (const line of section?.[1]?.split("\n") ?? []) {
    const [, name, words] = /^\s*(\w+)(?:\s*\([^)]*\))?:\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      last = name;
      helps[name] = words ?? "";
    } else if (last !== "") helps[last] += ` ${line.trim()}`;
  }
  return helps;
}
