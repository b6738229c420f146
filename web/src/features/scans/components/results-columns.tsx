/** Columns of results: each cell is one line; the evidence shows it whole. */

import type { ReactNode } from "react";
import { explanationParts } from "../../../domain/citations.ts";
import { formatCount } from "../../../domain/format.ts";
import type { Mark } from "../../../domain/marks.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Column } from "../../../ui/data-table/columns.ts";
import { VerdictDot } from "../../../ui/drawings.tsx";
import { citesOf, type ResultRow } from "../model/result-row.ts";
import { EXTRA_COLUMNS } from "../model/scan-search.ts";
import styles from "./results-columns.module.css";

/** Characters that a row can show. */
const SEEN = 400;
const CITES_SEEN = 8;

interface Shown {
  scanner: string;
  colour: number;
  /** What is sought, if it is plain text: it is marked where it stands in a row. */
  sought: string;
  hasLabels: boolean;
  hasTargets: boolean;
}

export function resultsColumns(shown: Shown): readonly Column<ResultRow>[] {
  const { scanner, colour, sought, hasLabels, hasTargets } = shown;
  const text = (id: string, name: string, width: number, more: Partial<Column<ResultRow>> = {}): Column<ResultRow> => ({
    id,
    name,
    width,
    sortable: true,
    cell: ({ [id]: said }) => {
      const words = said === null || said === undefined ? "" : valueWords(said, SEEN);
      return <InertText text={words} marks={hitsIn(words, sought)} />;
    },
    ...more,
  });
  const isExtra = true;
  return [
    text("value", scanner, 104, {
      cell: ({ value, scan_error }) => (
        <span className={styles.value} title={valueWords(value, SEEN)}>
          <VerdictDot verdict={verdictOf(value, scan_error)} colour={`var(--s${colour})`} />
          <span>{scan_error === null ? <InertText text={valueWords(value)} /> : "error"}</span>
        </span>
      ),
    }),
    text("label", "Label", 140, { isExtra: !hasLabels }),
    text("validation_result", "Agrees", 72, {
      isExtra: !hasTargets,
      help: "Whether the result is what the label says",
      cell: (row) => agrees(row.validation_result),
    }),
    text("task_id", "Task", 136),
    text("task_set", "Task set", 136, { isExtra }),
    text("epoch", "Epoch", 64, { align: "end", isExtra }),
    text("model", "Model", 136),
    text("score", "Score", 60),
    text("explanation", "Explanation", 160, { grows: true, cell: (row) => explained(row, sought) }),
    text("message_count", "Msgs", 64, {
      align: "end",
      help: "Messages of the transcript",
      cell: ({ message_count }) => message_count !== null && formatCount(message_count),
    }),
    ...Object.entries(EXTRA_COLUMNS).map(([id, name]) => text(id, name, 160, { isExtra })),
  ];
}

function agrees(result: unknown): ReactNode {
  if (result === null || result === undefined) return <span className="muted">-</span>;
  if (result === true) return <span className={styles.right}>✓ yes</span>;
  return result === false ? <span className={styles.wrong}>✗ no</span> : valueWords(result);
}

/** An explanation, or else an answer, with what it cites as chips. */
function explained(row: ResultRow, sought: string): ReactNode {
  const said = (row.scan_error ?? row.explanation ?? row.answer ?? "").slice(0, SEEN);
  const parts = explanationParts(said);
  const others = citesOf(row).filter(({ cite }) => !parts.some((part) => part.cite === cite));
  const chip = (key: string | number, cite: string) => (
    <span key={key} className={styles.cite}>
      {cite.replaceAll(/[[\]]/g, "")}
    </span>
  );
  return (
    <span title={said}>
      {parts.map(({ start, text, cite }) =>
        cite === null ? <InertText key={start} text={text} marks={hitsIn(text, sought)} /> : chip(start, cite),
      )}
      {others.slice(0, CITES_SEEN).map(({ cite, id }) => chip(id, cite))}
      {others.length > CITES_SEEN && <span className="muted"> and {others.length - CITES_SEEN} more</span>}
    </span>
  );
}

function hitsIn(text: string, sought: string): Mark[] {
  if (sought === "") return [];
  const [within, what] = [text.toLowerCase(), sought.toLowerCase()];
  const marks: Mark[] = [];
  for (let at = within.indexOf(what); at >= 0; at = within.indexOf(what, at + what.length)) {
    marks.push({ start: at, stop: at + what.length, kind: "hit" });
  }
  return marks;
}
