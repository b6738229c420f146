import type { TranscriptColumn, TranscriptRow } from "../../../api/generated/types.gen.ts";
import { type Column, readColumn, type ShownColumn } from "../../../ui/data-table/columns.ts";
import { RelativeTime } from "../../../ui/relative-time.tsx";
import { fieldName, isMetadata, type Kind, textOf } from "../model/fields.ts";
import { TASK_COLUMNS } from "../model/order.ts";
import type { ShownScanner } from "../model/verdicts.ts";
import { PlainCell, ScoreCell, TaskCell } from "./cells.tsx";
import { LengthBar } from "./length-bar.tsx";
import { VerdictCell } from "./verdict-cell.tsx";

/** Read for each row, whatever is shown: what it is called, and whether it went wrong. */
const ALWAYS_READ = ["task_set", "task_id", "task_repeat", "error", "limit", "success"] as const;

const FIRST = ["model", "score", "message_count", "total_time", "total_tokens", "date"];
/** Columns that are not columns of the server. */
const OWN = ["task", "verdicts"];
const WIDTHS: Readonly<Record<string, number>> = {
  model: 180,
  score: 92,
  message_count: 120,
  total_time: 92,
  total_tokens: 84,
  date: 110,
  success: 84,
  task_repeat: 72,
  limit: 90,
};
const WIDTH = 160;

/** All columns that there are: those that are shown by themselves first, then the fields, then keys of metadata. */
export function transcriptColumns(
  fields: readonly TranscriptColumn[],
  asked: readonly string[] | undefined,
  scanners: readonly ShownScanner[] | null,
): Column<TranscriptRow>[] {
  const kinds = new Map<string, Kind>(fields.map(({ name, kind }) => [name, kind]));
  // What the address names is shown before it is known which columns there are.
  const named = (asked ?? []).map((written) => readColumn(written).id).filter((id) => !OWN.includes(id));
  for (const name of named) if (!kinds.has(name)) kinds.set(name, null);
  const others = [...kinds].filter(
    ([name, kind]) => !FIRST.includes(name) && (kind !== null || !isMetadata(name) || named.includes(name)),
  );
  const shown = FIRST.map((name) => fieldColumn(name, kinds.get(name) ?? null));
  return [
    {
      id: "task",
      name: "Task / sample",
      width: 240,
      grows: true,
      sortable: true,
      cell: (row) => <TaskCell row={row} />,
    },
    ...shown.slice(0, 2),
    ...(scanners === null ? [] : [verdictsColumn(scanners)]),
    ...shown.slice(2),
    ...others.map(([name, kind]) => ({ ...fieldColumn(name, kind), isExtra: true })),
  ];
}

/** What is read of each row, so that some columns can be shown. */
export function readsOf(shown: readonly ShownColumn<TranscriptRow>[]): string[] {
  const ids = shown.map(({ column }) => column.id).filter((id) => !OWN.includes(id));
  return [...new Set([...ALWAYS_READ, ...ids])].sort();
}

/** What is written of transcripts that leave the page. */
export function writtenColumns(shown: readonly ShownColumn<TranscriptRow>[]): string[] {
  return shown.flatMap(({ column: { id } }) => {
    if (id === "task") return [...TASK_COLUMNS];
    return OWN.includes(id) ? [] : [id];
  });
}

function verdictsColumn(scanners: readonly ShownScanner[]): Column<TranscriptRow> {
  return {
    id: "verdicts",
    name: "Verdicts",
    width: Math.max(84, 24 + 16 * scanners.length),
    help: scanners.map(({ scanner, scanName }, at) => `${at + 1}. ${scanner} (${scanName})`).join("\n"),
    cell: (row) => <VerdictCell id={row.transcript_id} />,
  };
}

function fieldColumn(name: string, kind: Kind): Column<TranscriptRow> {
  const isNumber = kind === "number" || ["total_time", "total_tokens"].includes(name);
  return {
    id: name,
    name: fieldName(name),
    width: WIDTHS[name] ?? WIDTH,
    sortable: kind !== "object" && kind !== "list",
    ...(isNumber && name !== "message_count" ? { align: "end" as const } : {}),
    ...(fieldName(name) === name ? {} : { help: name }),
    cell: cellOf(name),
  };
}

function cellOf(name: string): Column<TranscriptRow>["cell"] {
  switch (name) {
    case "score":
      return (row) => <ScoreCell row={row} />;
    case "message_count":
      return (row) => <LengthBar count={row.values.message_count} />;
    case "date":
      return (row) => <RelativeTime iso={textOf(row, "date")} />;
    default:
      return (row) => <PlainCell row={row} name={name} />;
  }
}
