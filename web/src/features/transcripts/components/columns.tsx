import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { type Column, readColumn, type ShownColumn } from "../../../ui/data-table/columns.ts";
import { RelativeTime } from "../../../ui/drawings.tsx";
import { fieldName, isMetadata, type Kind, textOf } from "../model/fields.ts";
import { FIRST, type ListAddress, type ListedRow, OWN, TASK_COLUMNS } from "../model/list.ts";
import type { ShownScanner } from "../model/verdicts.ts";
import { LengthBar, PlainCell, ScoreCell, TaskCell } from "./cells.tsx";
import { VerdictCell } from "./verdicts.tsx";

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

/**
 * All columns that there are: those that are shown by themselves first, then the fields, then keys of metadata.
 * `scanners` are those whose verdicts are shown; `longest` is the most messages that a transcript has (0: not known).
 */
export function transcriptColumns(
  fields: readonly TranscriptColumn[],
  asked: readonly string[] = [],
  list: ListAddress,
  scanners: readonly ShownScanner[],
  longest: number,
): Column<ListedRow>[] {
  const kinds = new Map<string, Kind>(fields.map(({ name, kind }) => [name, kind]));
  // What the address names is shown before it is known which columns there are.
  const named = asked.map((written) => readColumn(written).id).filter((id) => !OWN.includes(id));
  for (const name of named) if (!kinds.has(name)) kinds.set(name, null);
  const others = [...kinds].filter(
    ([name, kind]) => !FIRST.includes(name) && (kind !== null || !isMetadata(name) || named.includes(name)),
  );
  const shown = FIRST.map((name) => fieldColumn(name, kinds.get(name) ?? null, longest));
  const verdicts: Column<ListedRow> = {
    id: "verdicts",
    name: "Verdicts",
    width: Math.max(84, 24 + 16 * scanners.length),
    help: scanners.map(({ scanner, scanName }, at) => `${at + 1}. ${scanner} (${scanName})`).join("\n"),
    cell: (row) => <VerdictCell row={row} scanners={scanners} />,
  };
  return [
    {
      id: "task",
      name: "Task / sample",
      width: 240,
      grows: true,
      sortable: true,
      cell: (row) => <TaskCell row={row} list={list} />,
    },
    ...shown.slice(0, 2),
    ...(list.verdicts.length === 0 ? [] : [verdicts]),
    ...shown.slice(2),
    ...others.map(([name, kind]) => ({ ...fieldColumn(name, kind, longest), isExtra: true })),
  ];
}

/** What is written of transcripts that leave the page. */
export function writtenColumns(shown: readonly ShownColumn<ListedRow>[]): string[] {
  return shown.flatMap(({ column: { id } }) => {
    if (id === "task") return [...TASK_COLUMNS];
    return OWN.includes(id) ? [] : [id];
  });
}

function fieldColumn(name: string, kind: Kind, longest: number): Column<ListedRow> {
  const isNumber = kind === "number" || ["total_time", "total_tokens"].includes(name);
  const cells: Readonly<Record<string, Column<ListedRow>["cell"]>> = {
    score: (row) => <ScoreCell row={row} />,
    message_count: (row) => <LengthBar count={row.values.message_count} longest={longest} />,
    date: (row) => <RelativeTime iso={textOf(row, "date")} />,
  };
  return {
    id: name,
    name: fieldName(name),
    width: WIDTHS[name] ?? WIDTH,
    sortable: kind !== "object" && kind !== "list",
    ...(isNumber && name !== "message_count" && { align: "end" }),
    ...(fieldName(name) !== name && { help: name }),
    cell: cells[name] ?? ((row) => <PlainCell row={row} name={name} />),
  };
}
