/** What the columns of transcripts are called, and how their values are written. */

import type { TranscriptColumn, TranscriptRow } from "../../../api/generated/types.gen.ts";
import { formatCount, formatDuration, formatRough, formatTime } from "../../../domain/format.ts";

export type Scalar = string | number | boolean | null;

export type Kind = TranscriptColumn["kind"];

const NAMES: Readonly<Record<string, string>> = {
  transcript_id: "Id",
  source_type: "Source type",
  source_id: "Source id",
  source_uri: "Log",
  date: "Date",
  task_set: "Task",
  task_id: "Sample",
  task_repeat: "Epoch",
  agent: "Agent",
  agent_args: "Agent arguments",
  model: "Model",
  model_options: "Model options",
  score: "Score",
  score_explanation: "Score explanation",
  success: "Success",
  message_count: "Messages",
  total_time: "Time",
  total_tokens: "Tokens",
  error: "Error",
  limit: "Limit",
  trust_content: "Trusted content",
};

/** Keys of metadata are called as they are. */
export function fieldName(column: string): string {
  return NAMES[column] ?? column;
}

export function isMetadata(column: string): boolean {
  return !(column in NAMES);
}

/** A value in one line, as lists and facets show it. */
export function formatField(column: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return formatNumber(column, value);
  if (typeof value !== "string") return JSON.stringify(value);
  return column === "date" ? formatTime(value) || value : value;
}

function formatNumber(column: string, value: number): string {
  if (column === "total_time" || column === "working_time") return formatDuration(value);
  if (column === "total_tokens") return formatRough(value);
  if (!Number.isFinite(value)) return String(value);
  return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(6)));
}

/** What a facet calls a value. */
export function facetName(column: string, value: Scalar): string {
  if (value === null) return "none";
  return value === "" ? "empty" : formatField(column, value);
}

/** What is typed as a value, in the type of its column: conditions compare by the type of what is written. */
export function readTyped(text: string, kind: Kind): Scalar {
  const typed = text.trim();
  if (kind === "boolean" && /^(?:true|yes)$/i.test(typed)) return true;
  if (kind === "boolean" && /^(?:false|no)$/i.test(typed)) return false;
  return kind === "number" && typed !== "" && Number.isFinite(Number(typed)) ? Number(typed) : text;
}

export function textOf(row: TranscriptRow, column: string): string {
  const value = row.values[column];
  return typeof value === "string" ? value : value === null || value === undefined ? "" : String(value);
}

/** What a transcript is called: its task, its sample, and which run of it. */
export function transcriptName(row: TranscriptRow): string {
  const [task, sample] = [textOf(row, "task_set"), textOf(row, "task_id")];
  const epoch = row.values.task_repeat;
  const name = [task, sample].filter((part) => part !== "").join(" / ") || row.transcript_id;
  return typeof epoch === "number" && epoch > 1 ? `${name} / ${epoch}` : name;
}
