import { useQuery } from "@tanstack/react-query";
import type { EvidenceResult, ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { Chip } from "../../../ui/chip.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/passage.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Keys } from "../../../ui/keyboard/keys.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { projectQuery } from "../api/read-project.ts";
import { type Evidence, evidenceQuery } from "../api/read-result.ts";
import { showCommand } from "../model/result-commands.ts";
import { valueWords } from "../model/result-row.ts";
import type { ResultsOf } from "../model/scan-search.ts";
import { projectTranscripts } from "../model/transcript-location.ts";
import { useOpenTranscript } from "../model/use-open-transcript.ts";
import styles from "./evidence-pane.module.css";
import { LabelBar } from "./label-bar.tsx";
import { ResultCard } from "./result-card.tsx";

interface EvidencePaneProps {
  of: ResultsOf;
  scan: ScanDetail;
  result: string;
  colour: number;
  onClose: () => void;
}

/** What a result rests on: the verdict, and the words that it cites. */
export function EvidencePane({ of, scan, result, colour, onClose }: EvidencePaneProps) {
  const project = useQuery(projectQuery);
  const query = useQuery({
    ...evidenceQuery(of, result, projectTranscripts(project.data)),
    enabled: !project.isPending,
  });
  const evidence = query.data;
  return (
    <section aria-label="Evidence" className={styles.pane}>
      <header className={styles.head}>
        <h2>{evidence ? <Title evidence={evidence} /> : "Evidence"}</h2>
        <AsCommand commands={[{ name: "This evidence", command: showCommand(scan, of.scanner, result) }]} />
        <button type="button" data-kind="plain" aria-label="Close the evidence" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {query.error !== null && (
        <ErrorState error={query.error} title="The evidence could not be read." onRetry={query.refetch} />
      )}
      {query.isPending && <Skeleton lines={6} />}
      {evidence === null && <p className="muted">Nothing is recorded of this result.</p>}
      {evidence && <Shown of={of} scan={scan} evidence={evidence} colour={colour} key={result} />}
    </section>
  );
}

function Title({ evidence: { transcript } }: { evidence: Evidence }) {
  const { task_id, task_repeat, score } = transcript;
  return (
    <>
      <InertText text={task_id ?? transcript.transcript_id} />
      {task_repeat !== null && task_repeat > 1 && <span className="muted"> epoch {task_repeat}</span>}{" "}
      {score !== null && score !== undefined && <Chip title="Score">{valueWords(score, 20)}</Chip>}
    </>
  );
}

interface ShownProps {
  of: ResultsOf;
  scan: ScanDetail;
  evidence: Evidence;
  colour: number;
}

function Shown({ of, scan, evidence, colour }: ShownProps) {
  const openTranscript = useOpenTranscript(of);
  const [first] = evidence.results;
  const open = (message?: number) =>
    void openTranscript({ uuid: first?.uuid ?? null, transcript_id: evidence.transcript.transcript_id }, message);
  return (
    <>
      {evidence.results.map((result) => (
        <ResultCard
          key={result.uuid ?? ""}
          of={of}
          result={result}
          colour={colour}
          numbers={numbersOf(evidence, result)}
          onOpen={open}
        />
      ))}
      {evidence.remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          <Icon name="warning" size={12} /> {remark}
        </p>
      ))}
      {[...evidence.messages, ...evidence.events].map((passage) => (
        <div key={passage.id} id={`passage-${passage.id}`}>
          <Passage
            head={
              <button
                type="button"
                data-kind="link"
                title="Open the transcript here"
                onClick={() => open(passage.number)}
              >
                M{passage.number} · {passage.role}
              </button>
            }
            text={passage.text}
            marked={passage.marked}
            isCited={passage.cited}
            leftOut={passage.characters_left_out}
            colour={colour}
          />
        </div>
      ))}
      {evidence.message_count > 0 && (
        <p className="muted">
          {formatCounted(evidence.messages.length, "message")} of {evidence.message_count} shown: what is cited, and
          what stands around it.
        </p>
      )}
      {first !== undefined && (
        <LabelBar scan={scan} scanner={of.scanner} result={first} transcriptId={evidence.transcript.transcript_id} />
      )}
      <p className={styles.keys}>
        <button type="button" onClick={() => open()}>
          Open transcript <Keys keys="Enter" />
        </button>
        <span>
          <Keys keys="ArrowUp" /> <Keys keys="ArrowDown" /> results
        </span>
        <span>
          <Keys keys="Space" /> close
        </span>
        <span>
          <Keys keys="/" /> filter
        </span>
      </p>
    </>
  );
}

/** Numbers of the messages that a result cites, by how it cites them; those that are not here have none. */
function numbersOf(evidence: Evidence, result: EvidenceResult): ReadonlyMap<string, { id: string; number: number }> {
  const byId = new Map([...evidence.messages, ...evidence.events].map((each) => [each.id, each]));
  return new Map(
    result.references.flatMap(({ cite, id }) => {
      const passage = byId.get(id);
      return passage === undefined ? [] : [[cite, { id, number: passage.number }] as const];
    }),
  );
}
