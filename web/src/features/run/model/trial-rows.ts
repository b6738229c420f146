/** Results of a few transcripts as lines. */

export interface TrialRow {
  id: string;
  task: string;
  value: string;
  verdict: "positive" | "negative" | "none" | "error";
  isPositive: boolean;
  explanation: string;
}

export function trialRow(cells: Readonly<Record<string, unknown>>): TrialRow {
  const { value, label, answer } = cells;
  const error = textOf(cells.scan_error);
  const said = value === null || value === undefined ? textOf(label ?? answer) : textOf(value);
  const verdict = error === "" ? verdictOf(value) : "error";
  const task = [cells.transcript_task_set, cells.transcript_task_id, cells.transcript_task_repeat];
  return {
    id: textOf(cells.uuid),
    task: task.map(textOf).filter(Boolean).join(" / ") || textOf(cells.transcript_id),
    value: error === "" ? said || "none" : "error",
    verdict,
    isPositive: verdict === "positive",
    explanation: error || textOf(cells.explanation),
  };
}

function verdictOf(value: unknown): "positive" | "negative" | "none" {
  if (value === null || value === undefined) return "none";
  const isNothing = value === false || value === 0 || value === "" || (Array.isArray(value) && value.length === 0);
  return isNothing ? "negative" : "positive";
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
