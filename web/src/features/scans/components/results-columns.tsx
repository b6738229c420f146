import { formatCount } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Column } from "../../../ui/data-table/columns.ts";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { EXTRA_COLUMNS, type ResultRow, valueWords, verdict } from "../model/result-row.ts";
import { Agrees, Explanation, Found } from "./result-cells.tsx";
import styles from "./results-columns.module.css";

const SEEN = 400;

interface Shown {
  scanner: string;
  colour: string;
  /** What is sought, if it is plain text: it is marked where it stands in a row. */
  sought: string;
  hasLabels: boolean;
  hasTargets: boolean;
}

export function resultsColumns({
  scanner,
  colour,
  sought,
  hasLabels,
  hasTargets,
}: Shown): readonly Column<ResultRow>[] {
  const text = (said: unknown) =>
    said === null || said === undefined ? "" : <Found text={valueWords(said, SEEN)} sought={sought} />;
  const label: Column<ResultRow> = {
    id: "label",
    name: "Label",
    width: 140,
    sortable: true,
    cell: (row) => text(row.label),
    isExtra: !hasLabels,
  };
  return [
    {
      id: "value",
      name: scanner,
      width: 104,
      sortable: true,
      cell: (row) => (
        <span className={styles.value} title={valueWords(row.value, SEEN)}>
          <VerdictDot verdict={verdict(row)} colour={colour} />
          {row.scan_error === null ? <InertText text={valueWords(row.value)} /> : "error"}
        </span>
      ),
    },
    label,
    {
      id: "validation_result",
      name: "Agrees",
      width: 72,
      sortable: true,
      isExtra: !hasTargets,
      help: "Whether the result is what the label says",
      cell: (row) => <Agrees row={row} />,
    },
    { id: "task_id", name: "Task", width: 136, sortable: true, cell: (row) => text(row.task_id) },
    {
      id: "task_set",
      name: "Task set",
      width: 136,
      sortable: true,
      isExtra: true,
      cell: (row) => text(row.task_set),
    },
    {
      id: "epoch",
      name: "Epoch",
      width: 64,
      align: "end",
      sortable: true,
      isExtra: true,
      cell: (row) => text(row.epoch),
    },
    { id: "model", name: "Model", width: 116, sortable: true, cell: (row) => text(row.model) },
    { id: "score", name: "Score", width: 60, sortable: true, cell: (row) => text(row.score) },
    {
      id: "explanation",
      name: "Explanation",
      width: 160,
      grows: true,
      sortable: true,
      cell: (row) => <Explanation row={row} sought={sought} />,
    },
    {
      id: "message_count",
      name: "Msgs",
      width: 64,
      align: "end",
      sortable: true,
      help: "Messages of the transcript",
      cell: (row) => (row.message_count === null ? "" : formatCount(row.message_count)),
    },
    ...EXTRA_COLUMNS.map(
      ([id, name]): Column<ResultRow> => ({
        id,
        name,
        width: 160,
        isExtra: true,
        sortable: true,
        cell: (row) => text(row[id]),
      }),
    ),
  ];
}
