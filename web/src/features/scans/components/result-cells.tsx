/** Cells of a result in one line; the evidence shows them whole. */

import { explanationParts } from "../../../domain/citations.ts";
import type { Mark } from "../../../domain/marks.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { type ResultRow, saidOf, valueWords } from "../model/result-row.ts";
import styles from "./results-columns.module.css";

/** Characters of an explanation that a row can show. */
const SEEN = 400;

export function Agrees({ row }: { row: ResultRow }) {
  if (row.validation_result === null || row.validation_result === undefined) return <span className="muted">-</span>;
  if (typeof row.validation_result !== "boolean") return valueWords(row.validation_result);
  return row.validation_result ? (
    <span className={styles.right}>✓ yes</span>
  ) : (
    <span className={styles.wrong}>✗ no</span>
  );
}

/** An explanation in one line, with what it cites as chips; the evidence shows it whole. */
export function Explanation({ row, sought }: { row: ResultRow; sought: string }) {
  const said = saidOf(row).slice(0, SEEN);
  const written = new Set<string>();
  const parts = explanationParts(said).map((part) => {
    if (part.cite === null) return <Found key={part.start} text={part.text} sought={sought} />;
    written.add(part.cite);
    return <Cite key={part.start} cite={part.cite} />;
  });
  const others = [...row.message_references, ...row.event_references].filter(({ cite }) => !written.has(cite));
  return (
    <span title={said}>
      {parts}
      {others.slice(0, 8).map(({ cite, id }) => (
        <Cite key={id} cite={cite} />
      ))}
      {others.length > 8 && <span className="muted"> and {others.length - 8} more</span>}
    </span>
  );
}

function Cite({ cite }: { cite: string }) {
  return <span className={styles.cite}>{cite.replaceAll(/[[\]]/g, "")}</span>;
}

export function Found({ text, sought }: { text: string; sought: string }) {
  return <InertText text={text} marks={hitsIn(text, sought)} />;
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
