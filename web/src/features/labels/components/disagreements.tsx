import { useQuery } from "@tanstack/react-query";
import type { DisagreementItem } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { transcriptsOfIdsQuery } from "../api/transcripts.ts";
import { labelWords } from "../model/cases.ts";
import styles from "./disagreements.module.css";
import { TranscriptLink } from "./transcript-link.tsx";

interface DisagreementsProps {
  items: readonly DisagreementItem[];
  scan: string;
  scanner: string;
  /** The case whose evidence is shown. */
  read: string | null;
  onRead: (id: string) => void;
}

const MOST = 200;
const MOST_DESCRIBED = 100;
const EXPLANATION = 240;

/** Where the scanner does not say what the label says: it is wrong, or the label is, or the question is not clear. */
export function Disagreements({ items, scan, scanner, read, onRead }: DisagreementsProps) {
  const ids = items.slice(0, MOST_DESCRIBED).map((item) => item.id);
  const described = useQuery(transcriptsOfIdsQuery(ids)).data ?? [];
  const named = new Map(described.map(({ id, values }) => [id, nameOf(values)]));
  if (items.length === 0) return <h2>No disagreements</h2>;
  return (
    <table className={styles.table}>
      <caption>
        {formatCounted(items.length, "disagreement")}
        {items.length > MOST && `, the first ${MOST}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Case</th>
          <th scope="col">Expected</th>
          <th scope="col">Given</th>
          <th scope="col">Explanation</th>
          <th scope="col">
            <span className="unseen">Evidence</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.slice(0, MOST).map((item) => (
          <tr key={item.id} aria-current={item.id === read || undefined}>
            <td>
              <TranscriptLink id={item.id} words={named.get(item.id) ?? item.id} />
              <div className="muted">{[item.task, item.model, item.split].filter(Boolean).join(" · ")}</div>
            </td>
            <td>{labelWords(item.expected)}</td>
            <td>{labelWords(item.given)}</td>
            <td className={styles.said}>
              <InertText text={formatValue(item.explanation ?? "", EXPLANATION)} />
            </td>
            <td className={styles.links}>
              <button type="button" data-kind="link" onClick={() => onRead(item.id)}>
                Verdict
              </button>{" "}
              <a href={`#/scans/${encodeURIComponent(scan)}?${new URLSearchParams({ scanner, result: item.id })}`}>
                Evidence
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A transcript by its task, which says more than its id. */
function nameOf({ task_id, task_repeat }: Readonly<Record<string, unknown>>): string | undefined {
  if (task_id === null || task_id === undefined) return undefined;
  return task_repeat == null ? String(task_id) : `${task_id} epoch ${task_repeat}`;
}
