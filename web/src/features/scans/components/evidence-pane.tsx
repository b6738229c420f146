import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import type {
  EvidenceItem,
  EvidencePassage,
  EvidenceResult,
  EvidenceTranscript,
  ScanDetail,
} from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { Chip } from "../../../ui/chip.tsx";
import { AnsiText } from "../../../ui/content/ansi-text.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Keys } from "../../../ui/keyboard/keys.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { evidenceQuery, useOpenTranscript } from "../model/evidence.ts";
import { showCommand } from "../model/result-row.ts";
import type { ResultsOf } from "../model/scan-search.ts";
import styles from "./evidence-pane.module.css";
import { ExplanationText, PaneKeys, Passages } from "./evidence-parts.tsx";
import { LabelBar } from "./label-bar.tsx";

interface EvidencePaneProps {
  of: ResultsOf;
  scan: ScanDetail;
  result: string;
  colour: number;
  onClose: () => void;
}

/** What a result rests on: the verdict, and the words that it cites. */
export function EvidencePane({ of, scan, result, colour, onClose }: EvidencePaneProps) {
  const { data, error, isPending, refetch } = useQuery(evidenceQuery(of, result));
  const evidence = data?.items[0];
  const command = showCommand(scan, of.path.scanner, result);
  return (
    <section aria-label="Evidence" className={styles.pane}>
      <header className={styles.head}>
        <h2>{evidence === undefined ? "Evidence" : <Title {...evidence.transcript} />}</h2>
        <AsCommand commands={[{ name: "This evidence", command }]} />
        <button type="button" data-kind="plain" aria-label="Close the evidence" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {error !== null && <ErrorState error={error} title="The evidence could not be read." onRetry={refetch} />}
      {isPending && <Skeleton lines={6} />}
      {data?.items.length === 0 && <p className="muted">Nothing is recorded of this result.</p>}
      {evidence !== undefined && <Shown of={of} scan={scan} evidence={evidence} colour={colour} key={result} />}
    </section>
  );
}

function Title({ task_id, transcript_id, task_repeat, score }: EvidenceTranscript) {
  return (
    <>
      <InertText text={task_id ?? transcript_id} />
      {task_repeat !== null && task_repeat > 1 && <span className="muted"> epoch {task_repeat}</span>}{" "}
      {score !== null && score !== undefined && <Chip title="Score">{valueWords(score, 20)}</Chip>}
    </>
  );
}

interface ShownProps {
  of: ResultsOf;
  scan: ScanDetail;
  evidence: EvidenceItem;
  colour: number;
}

function Shown({ of, scan, evidence, colour }: ShownProps) {
  const { results, messages, events, message_count, remarks, transcript } = evidence;
  const openTranscript = useOpenTranscript(of);
  const [first] = results;
  const open = (message?: number) =>
    void openTranscript({ uuid: first?.uuid ?? null, transcript_id: transcript.transcript_id }, message);
  const passages = [...messages, ...events];
  return (
    <>
      {results.map((result) => (
        <ResultCard key={result.uuid ?? ""} of={of} result={result} colour={colour} passages={passages} onOpen={open} />
      ))}
      <Passages passages={passages} remarks={remarks} colourOf={() => colour} onOpen={open} />
      {message_count > 0 && (
        <p className="muted">
          {formatCounted(messages.length, "message")} of {message_count} shown: what is cited, and what stands around
          it.
        </p>
      )}
      {first !== undefined && (
        <LabelBar scan={scan} scanner={of.path.scanner} result={first} transcriptId={transcript.transcript_id} />
      )}
      <PaneKeys name="results" onOpen={() => open()}>
        <span>
          <Keys keys="/" /> filter
        </span>
      </PaneKeys>
    </>
  );
}

interface ResultCardProps {
  of: ResultsOf;
  result: EvidenceResult;
  colour: number;
  passages: readonly EvidencePassage[];
  onOpen: (message: number) => void;
}

/** A verdict: its value, why, and what it cites. */
function ResultCard({ of, result, colour, passages, onOpen }: ResultCardProps) {
  const { value, label, answer, explanation, scan_error, references, unseen_citations, metadata } = result;
  return (
    <div className={styles.card}>
      <div className={styles.verdict}>
        <VerdictDot verdict={verdictOf(value, scan_error)} colour={`var(--s${colour})`} />
        {scan_error ? <b className={styles.error}>error</b> : <ValueView value={value} />}
        {label !== null && <span className={styles.label}>{label}</span>}
      </div>
      {scan_error !== null && <Failure of={of} uuid={result.uuid} error={scan_error} />}
      {explanation !== null && <ExplanationText text={explanation} colour={colour} />}
      {explanation === null && answer !== null && <InertText text={answer} />}
      {references.length > 0 && (
        <p className={styles.cites}>
          cites
          {references.map(({ cite, id }) => (
            <CiteChip key={id} cite={cite} isHere={passages.some((each) => each.id === id)} id={id} onOpen={onOpen} />
          ))}
        </p>
      )}
      {unseen_citations.length > 0 && (
        <p className={styles.unseen}>It cites what it was not shown: {unseen_citations.join(", ")}</p>
      )}
      {Object.keys(metadata).length > 0 && (
        <details>
          <summary>Metadata</summary>
          <JsonTree value={metadata as Json} />
        </details>
      )}
    </div>
  );
}

interface CiteChipProps {
  cite: string;
  id: string;
  isHere: boolean;
  onOpen: (message: number) => void;
}

/** What is cited: a click shows it below, and opens the transcript there if it is not. */
function CiteChip({ cite, id, isHere, onOpen }: CiteChipProps) {
  const show = () => document.getElementById(`passage-${id}`)?.scrollIntoView({ block: "nearest" });
  const open = () => onOpen(Number(/\d+/.exec(cite)?.[0]));
  return (
    <button
      type="button"
      data-kind="link"
      title={isHere ? "Show it below" : "Open the transcript there"}
      onClick={isHere ? show : open}
    >
      {cite.replaceAll(/[[\]]/g, "")}
    </button>
  );
}

function Failure({ of, uuid, error }: { of: ResultsOf; uuid: string | null; error: string }) {
  const [isOpen, setOpen] = useState(false);
  const whole = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/results/{id}", { path: { ...of.path, id: uuid ?? "" }, query: of.query }),
    enabled: isOpen && uuid !== null,
  });
  const traceback = whole.data?.scan_error_traceback;
  return (
    <>
      <p className={styles.error}>
        <InertText text={error} />
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Traceback</summary>
        <pre className={styles.traceback}>
          {whole.error?.message}
          {typeof traceback === "string" && <AnsiText text={traceback} />}
        </pre>
      </details>
    </>
  );
}

const LONG = 2000;

/** A value: numbers as they are, a dictionary as a small table, a list as a tree. */
function ValueView({ value }: { value: unknown }) {
  if (Array.isArray(value)) return <JsonTree value={value as Json} />;
  if (typeof value !== "object" || value === null) {
    return (
      <b>
        <InertText text={valueWords(value, LONG)} />
      </b>
    );
  }
  return (
    <table className={styles.table}>
      <tbody>
        {Object.entries(value).map(([key, each]) => (
          <tr key={key}>
            <th scope="row">
              <InertText text={key} />
            </th>
            <td>
              {typeof each === "object" && each !== null ? (
                <JsonTree value={each as Json} />
              ) : (
                <InertText text={valueWords(each, LONG)} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
