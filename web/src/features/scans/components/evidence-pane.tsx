import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { caseKey } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/connection.ts";
import type { EvidenceItem, EvidencePassage, EvidenceResult, LabelFileItem } from "../../../api/generated/types.gen.ts";
import { type KnownCase, labelCaseQuery, putCase } from "../../../api/label-cases.ts";
import { formatCounted } from "../../../domain/format.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { AnsiText, JsonTree } from "../../../ui/content/output.tsx";
import type { Json } from "../../../ui/content/text.ts";
import { Chip, Icon, Keys, VerdictDot } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { AsCommand, CommandLine, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { evidenceQuery, useOpenTranscript } from "../model/evidence.ts";
import { labelFileOf, targetsOf } from "../model/findings.ts";
import { showCommand } from "../model/result-row.ts";
import type { ResultsOf, ScanView } from "../model/scan-search.ts";
import styles from "./evidence-pane.module.css";
import { ExplanationText, PaneKeys, Passages } from "./evidence-parts.tsx";

interface EvidencePaneProps {
  view: ScanView;
  result: string;
  onClose: () => void;
}

/** What a result rests on: the verdict, and the words that it cites. */
export function EvidencePane({ view, result, onClose }: EvidencePaneProps) {
  const { data, error, isPending, refetch } = useQuery(evidenceQuery(view.of, result));
  const evidence = data?.items[0];
  const { task_id, transcript_id = "", task_repeat, score } = evidence?.transcript ?? {};
  return (
    <section aria-label="Evidence" className={styles.pane}>
      <header className={styles.head}>
        <h2>
          <InertText text={evidence === undefined ? "Evidence" : (task_id ?? transcript_id)} />
          {(task_repeat ?? 1) > 1 && <span className="muted"> epoch {task_repeat}</span>}{" "}
          {score !== null && score !== undefined && <Chip title="Score">{valueWords(score, 20)}</Chip>}
        </h2>
        <AsCommand commands={[{ name: "This evidence", command: showCommand(view.scan, view.scanner, result) }]} />
        <button type="button" data-kind="plain" aria-label="Close the evidence" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {error !== null && <ErrorState error={error} title="The evidence could not be read." onRetry={refetch} />}
      {isPending && <Skeleton lines={6} />}
      {data?.items.length === 0 && <p className="muted">Nothing is recorded of this result.</p>}
      {evidence !== undefined && <Shown view={view} evidence={evidence} key={result} />}
    </section>
  );
}

function Shown({ view, evidence }: { view: ScanView; evidence: EvidenceItem }) {
  const { results, messages, events, message_count, remarks, transcript } = evidence;
  const { transcript_id } = transcript;
  const openTranscript = useOpenTranscript(view.of);
  const [first] = results;
  const open = (message?: number) => void openTranscript({ uuid: first?.uuid ?? null, transcript_id }, message);
  const passages = [...messages, ...events];
  return (
    <>
      {results.map((result) => (
        <ResultCard key={result.uuid ?? ""} view={view} result={result} passages={passages} onOpen={open} />
      ))}
      <Passages passages={passages} remarks={remarks} colourOf={() => view.colour} onOpen={open} />
      {message_count > 0 && (
        <p className="muted">
          {formatCounted(messages.length, "message")} of {message_count} shown: what is cited, and what stands around
          it.
        </p>
      )}
      {first !== undefined && <LabelBar view={view} result={first} transcriptId={transcript_id} />}
      <PaneKeys name="results" onOpen={() => open()}>
        <span>
          <Keys keys="/" /> filter
        </span>
      </PaneKeys>
    </>
  );
}

interface ResultCardProps {
  view: ScanView;
  result: EvidenceResult;
  passages: readonly EvidencePassage[];
  onOpen: (message: number) => void;
}

/** A verdict: its value, why, and what it cites. */
function ResultCard({ view: { of, colour }, result, passages, onOpen }: ResultCardProps) {
  const { value, label, answer, explanation, scan_error, references, unseen_citations, metadata } = result;
  /** A click on what is cited shows it below, and opens the transcript there if it is not. */
  const cites = references.map(({ cite, id }) => {
    const isHere = passages.some((each) => each.id === id);
    const show = () => document.getElementById(`passage-${id}`)?.scrollIntoView({ block: "nearest" });
    const open = () => onOpen(Number(/\d+/.exec(cite)?.[0]));
    return (
      <button
        key={id}
        type="button"
        data-kind="link"
        title={isHere ? "Show it below" : "Open the transcript there"}
        onClick={isHere ? show : open}
      >
        {cite.replaceAll(/[[\]]/g, "")}
      </button>
    );
  });
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
      {cites.length > 0 && <p className={styles.cites}>cites {cites}</p>}
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
  const plain = (each: unknown) =>
    typeof each === "object" && each !== null ? (
      <JsonTree value={each as Json} />
    ) : (
      <InertText text={valueWords(each, LONG)} />
    );
  if (typeof value !== "object" || value === null) return <b>{plain(value)}</b>;
  if (Array.isArray(value)) return plain(value);
  return (
    <table className={styles.table}>
      <tbody>
        {Object.entries(value).map(([key, each]) => (
          <tr key={key}>
            <th scope="row">
              <InertText text={key} />
            </th>
            <td>{plain(each)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface LabelBarProps {
  view: ScanView;
  result: EvidenceResult;
  transcriptId: string;
}

/** Say at once whether a result is right: the label goes to the file that the project names for the scanner. */
function LabelBar({ view: { scanner, found }, result, transcriptId }: LabelBarProps) {
  const project = useQuery(ask("/project")).data;
  const files = useQuery(ask("/labels")).data;
  if (project === undefined || files === undefined) return null;
  const file = labelFileOf(project.config, scanner, files.items);
  if (file === undefined) return <NoFile scanner={scanner} />;
  return <Labels file={file} targets={targetsOf(result.value, found)} transcriptId={transcriptId} />;
}

function NoFile({ scanner }: { scanner: string }) {
  return (
    <details className={styles.absent}>
      <summary>No labels for {scanner} yet</summary>
      <p>Make a file of cases, and name it in scout.yaml; then y, n and numbers label at once.</p>
      <CommandLine command={`mkdir -p labels && printf 'id,target\\n' > labels/${scanner}.csv`} />
      <pre>{`validation:\n  ${scanner}: labels/${scanner}.csv`}</pre>
    </details>
  );
}

interface LabelsProps {
  file: LabelFileItem;
  targets: ReturnType<typeof targetsOf>;
  transcriptId: string;
}

function Labels({ file: { file, name }, targets, transcriptId }: LabelsProps) {
  const queries = useQueryClient();
  const { data: known, error } = useQuery(labelCaseQuery(file, transcriptId));
  const putting = useMutation({
    mutationFn: ({ of, value }: { of: KnownCase; value: unknown }) =>
      putCase(file, caseKey(transcriptId), { ...(of.fields ?? { id: transcriptId }), target: value }, of.etag),
    onSuccess: (_, { value }) => toast(`Labelled ${valueWords(value)} in ${name}.`),
    onError: (refused) => {
      const isOld = refused instanceof ConflictError;
      const words = "The file has changed meanwhile; it was read again. Label once more.";
      toast(isOld ? words : refused.message, { tone: "error" });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["labels"] }),
  });
  const label = (value: unknown) => known !== undefined && putting.mutate({ of: known, value });
  useKeys(
    "Label",
    targets.map((target) => ({
      keys: target.key,
      label: `${target.name}: label ${valueWords(target.value)}`,
      run: () => label(target.value),
    })),
  );
  const given = known?.fields?.target;
  const words = given === undefined ? `no label in ${name}` : `labelled ${valueWords(given)} in ${name}`;
  return (
    <fieldset
      className={styles.labels}
      aria-label={`Label in ${name}`}
      disabled={putting.isPending || known === undefined}
    >
      {targets.map((target) => (
        <button
          key={target.key}
          type="button"
          aria-pressed={given !== undefined && JSON.stringify(given) === JSON.stringify(target.value)}
          onClick={() => label(target.value)}
        >
          {target.name} <kbd>{target.key}</kbd>
        </button>
      ))}
      {/* Nothing before the file was read, so that nobody labels what has a label. */}
      <span className={styles.given}>{error?.message ?? (known !== undefined && words)}</span>
    </fieldset>
  );
}
