/** Records as text to be pasted elsewhere. */

import type { Scan } from "../api/list-scans.ts";

type Format = "markdown" | "csv" | "json";
type Cells = Readonly<Record<string, unknown>>;

/** Write records as a table of Markdown, as CSV, or as JSON. */
export function copiedRecords(records: readonly Cells[], columns: readonly string[], format: Format): string {
  if (format === "json") {
    return JSON.stringify(
      records.map((record) => Object.fromEntries(columns.map((column) => [column, record[column] ?? null]))),
      null,
      2,
    );
  }
  const lines = records.map((record) => columns.map((column) => plain(record[column])));
  if (format === "csv") return [columns, ...lines].map((cells) => cells.map(csvCell).join(",")).join("\n");
  const rule = columns.map(() => "---");
  return [columns, rule, ...lines].map((cells) => `| ${cells.map(markdownCell).join(" | ")} |`).join("\n");
}

export function copiedScans(scans: readonly Scan[], format: Format): string {
  const columns = [
    "name",
    "scan_id",
    "state",
    "scanner_names",
    "model",
    "tags",
    "transcripts",
    "results",
    "error_count",
    "cost",
    "timestamp",
  ];
  return copiedRecords(scans, columns, format);
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join("; ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A cell that a spreadsheet would run as a formula begins with a quote instead. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll(/\r?\n/g, "<br>");
}
