/** Rows of results: the columns that a table needs, under short names. */

import { formatValue, type Verdict, verdictOf } from "../../../domain/values.ts";

interface Cite {
  type: string;
  cite: string;
  id: string;
}

export interface ResultRow {
  uuid: string | null;
  transcript_id: string;
  value: unknown;
  label: string | null;
  answer: string | null;
  explanation: string | null;
  scan_error: string | null;
  message_references: Cite[];
  event_references: Cite[];
  task_set: string | null;
  task_id: string | null;
  epoch: number | null;
  model: string | null;
  score: unknown;
  message_count: number | null;
  validation_target: unknown;
  validation_result: unknown;
  [column: string]: unknown;
}

export const COLUMNS = [
  "uuid",
  "transcript_id",
  "value",
  "label",
  "answer",
  "explanation",
  "scan_error",
  "message_references",
  "event_references",
  "task_set",
  "task_id",
  "epoch",
  "model",
  "score",
  "message_count",
  "validation_target",
  "validation_result",
] as const;

/** Columns that are read only when they are shown. */
export const EXTRA_COLUMNS = [
  ["agent", "Agent"],
  ["date", "Date"],
  ["total_tokens", "Tokens of the transcript"],
  ["total_time", "Time of the transcript"],
  ["scan_total_tokens", "Tokens of the scanner"],
  ["input_type", "Input"],
  ["metadata", "Metadata"],
  ["transcript_id", "Transcript id"],
  ["transcript_source_uri", "Log"],
  ["timestamp", "Scanned at"],
] as const;

/** A row as it was read: a list that is not recorded is empty. */
export function rowOf(item: Record<string, unknown>): ResultRow {
  const list = (cell: unknown) => (Array.isArray(cell) ? (cell as Cite[]) : []);
  return {
    ...item,
    message_references: list(item.message_references),
    event_references: list(item.event_references),
  } as ResultRow;
}

/** What tells a result from others; a call that failed before it had an id is told by its transcript. */
export function keyOf(row: ResultRow): string {
  return row.uuid ?? row.transcript_id;
}

export function verdict(row: Pick<ResultRow, "value" | "scan_error">): Verdict {
  return verdictOf(row.value, row.scan_error);
}

/** What a result says in a few words: yes and no, numbers as they are, dictionaries by what they hold. */
export function valueWords(value: unknown, most = 60): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === null || value === undefined) return "none";
  if (typeof value === "number") return numberWords(value);
  if (typeof value === "object" && !Array.isArray(value)) {
    const inner = Object.entries(value).map(([key, each]) => `${key} ${valueWords(each, most)}`);
    return formatValue(inner.join(", "), most);
  }
  return formatValue(value, most);
}

/** Whole numbers without a point, others with as many digits as say something. */
function numberWords(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** What stands in the explanation's place: an answer, where there is no explanation. */
export function saidOf(row: Pick<ResultRow, "scan_error" | "explanation" | "answer">): string {
  return row.scan_error ?? row.explanation ?? row.answer ?? "";
}
