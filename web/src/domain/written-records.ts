/** Records as text to be kept or pasted elsewhere. */

export type WrittenFormat = "markdown" | "csv" | "json";

export type Cells = Readonly<Record<string, unknown>>;

/** Write records as a table of Markdown, as CSV, or as JSON. */
export function writtenRecords(records: readonly Cells[], columns: readonly string[], format: WrittenFormat): string {
  if (format === "json") {
    const objects = records.map((record) =>
      Object.fromEntries(columns.map((column) => [column, record[column] ?? null])),
    );
    return `${JSON.stringify(objects, null, 2)}\n`;
  }
  const lines = records.map((record) => columns.map((column) => plain(record[column])));
  if (format === "csv") return `${[columns, ...lines].map((cells) => cells.map(csvCell).join(",")).join("\r\n")}\r\n`;
  const rows = [columns.map(markdownCell), columns.map(() => "---"), ...lines.map((cells) => cells.map(markdownCell))];
  return `${rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}\n`;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value.join("; ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What a spreadsheet would run as a formula begins with a quote instead: transcripts are written by strangers. */
function csvCell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function markdownCell(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("\\", "\\\\")
    .replaceAll("|", "\\|")
    .replaceAll(/\s*\r?\n\s*/g, " ");
}
