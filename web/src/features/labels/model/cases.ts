/** Cases of a file of labels: what they are about, what they say, and how they are written. */

import { caseKey } from "../../../api/case-key.ts";
import type { JsonValue, LabelCaseItem } from "../../../api/generated/types.gen.ts";

export type Case = LabelCaseItem;
export type Fields = Case["fields"];

/** What is expected; undefined where nothing is. `null` expects that there is no value. */
export function labelOf(fields: Fields | undefined): JsonValue | undefined {
  return fields?.labels ?? fields?.target;
}

export function labelWords(label: JsonValue | undefined): string {
  if (label === undefined) return "";
  if (typeof label === "string") return label;
  if (label !== null && typeof label === "object" && !Array.isArray(label)) {
    return Object.entries(label)
      .map(([name, value]) => `${name}: ${labelWords(value)}`)
      .join(", ");
  }
  return JSON.stringify(label);
}

/** Read a label as it is typed, as the command line reads it: `y`, `no`, `3`, `null`, or a text. */
export function parseLabel(typed: string): JsonValue {
  const text = typed.trim();
  if (/^(y|yes|true)$/i.test(text)) return true;
  if (/^(n|no|false)$/i.test(text)) return false;
  if (/^null$/i.test(text)) return null;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Ids of what a case is about; none where it names a task. */
export function idsOf(fields: Fields): readonly string[] {
  if (typeof fields.id === "string") return [fields.id];
  return Array.isArray(fields.id) ? fields.id.map(String) : [];
}

export function taskOf(fields: Fields): { task: string; epoch: number | undefined } | null {
  if (typeof fields.task_id !== "string" && typeof fields.task_id !== "number") return null;
  const epoch = fields.epoch ?? fields.task_repeat;
  return { task: String(fields.task_id), epoch: typeof epoch === "number" ? epoch : undefined };
}

/** What a case is about in words. */
export function aboutWords(fields: Fields): string {
  const task = taskOf(fields);
  const named = task === null ? "" : `${task.task}${task.epoch === undefined ? "" : ` epoch ${task.epoch}`}`;
  return named || idsOf(fields).join(", ");
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

/** Finds the case of a file that is about something: the same ids in any order, or the task where a case has no id. */
export function caseFinder(cases: readonly Case[]): (about: Fields) => Case | undefined {
  // The first one of several that are about the same.
  const byAbout = new Map(cases.toReversed().map((each) => [nameOf(each.fields), each]));
  return (about) => {
    const { id: _, ...withoutId } = about;
    const { task_id } = about;
    const meant = taskOf(about) === null ? [about] : [about, withoutId, { task_id }];
    return meant.map((each) => byAbout.get(nameOf(each))).find(Boolean);
  };
}

function nameOf(fields: Fields): string {
  const ids = idsOf(fields);
  if (ids.length > 0) return `id ${JSON.stringify([...ids].sort())}`;
  const task = taskOf(fields);
  return `task ${task?.task} ${task?.epoch}`;
}

/** Whether two cases say the same, in whatever order. */
export function isSameCase(one: Fields | undefined, other: Fields | undefined): boolean {
  const written = (fields: Fields | undefined) =>
    JSON.stringify(Object.entries(fields ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return written(one) === written(other);
}

/** The cases after one of them was written (null: taken out). */
export function patched(cases: readonly Case[], key: string, fields: Fields | null): readonly Case[] {
  if (fields === null) return cases.filter((each) => each.key !== key);
  const isThere = cases.some((each) => each.key === key);
  return isThere ? cases.map((each) => (each.key === key ? { key, fields } : each)) : [...cases, { key, fields }];
}

/** Put cases among others: each in the place of the one that is about the same, or behind the others. */
export function merged(cases: readonly Case[], added: readonly Case[]): readonly Fields[] {
  const found = new Map(cases.map((each) => [each.key, each.fields]));
  for (const each of added) found.set(each.key, each.fields);
  return [...found.values()];
}

/** The name of a case in addresses, as the server makes it. */
export function keyOf(fields: Fields): string {
  const named = ["task_id", "epoch", "task_repeat"].filter((name) => fields[name] !== undefined);
  return caseKey(fields.id ?? Object.fromEntries(named.map((name) => [name, fields[name]])));
}

/** The file of a second rater: `cases.anna.csv` beside `cases.csv`. */
export function raterFile(name: string, rater: string): string {
  const dot = name.lastIndexOf(".");
  return `${name.slice(0, dot)}.${rater}${name.slice(dot)}`;
}

/** Whether a name can be that of a rater: it becomes a part of the name of a file. */
export function isRaterName(name: string): boolean {
  return /^[\p{L}\p{N}_-]{1,40}$/u.test(name);
}

/** Cases of a split (empty: of none) with a text in what they are about or say. */
export function filterCases(cases: readonly Case[], split: string | undefined, sought: string): readonly Case[] {
  const text = sought.trim().toLowerCase();
  return cases.filter(({ fields }) => {
    if (split !== undefined && textOf(fields.split) !== split) return false;
    return text === "" || JSON.stringify(fields).toLowerCase().includes(text);
  });
}

export function casesJson(cases: readonly Case[]): string {
  const fields = cases.map((each) => each.fields);
  return `${JSON.stringify(fields, null, 2)}\n`;
}

/** The same as CSV, as files of labels are written. */
export function casesCsv(cases: readonly Case[]): string {
  const rows: Record<string, string>[] = cases.map(({ fields }) =>
    Object.fromEntries(Object.entries(fields).flatMap(cellsOf)),
  );
  const names = [...new Set(["id", ...rows.flatMap((row) => Object.keys(row))])];
  const lines = [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\n`).join("");
}

function cellsOf([name, value]: [string, JsonValue]): [string, string][] {
  const isSpread = (name === "labels" || name === "target") && value !== null && typeof value === "object";
  if (isSpread) {
    const part = name === "labels" ? "label" : "target";
    return Object.entries(value).map(([key, expected]) => [`${part}_${key}`, valueCell(expected)]);
  }
  if (name === "target") return [[name, valueCell(value)]];
  return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
}

/** Text that would be read as something else stands in quotes. */
function valueCell(value: JsonValue): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return typeof parseLabel(value) === "string" ? value : JSON.stringify(value);
}

function csvCell(text: string): string {
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
