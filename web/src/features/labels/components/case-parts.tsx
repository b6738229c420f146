import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { decodeUrl } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/connection.ts";
import { explanationParts } from "../../../domain/citations.ts";
import { formatValue, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/output.tsx";
import { VerdictDot } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { aboutWords, labelOf, labelWords } from "../model/cases.ts";
import type { ChosenScan } from "../model/queue.ts";
import type { Labels } from "../model/use-labels.ts";
import styles from "./case-parts.module.css";

/** The transcript of a case, where the case says which one it is. */
export function TranscriptLink({ id, words }: { id: string | undefined; words: string }) {
  if (id === undefined) return <InertText text={words} />;
  return (
    <Link to="/transcripts/$id" params={{ id }}>
      <InertText text={words} />
    </Link>
  );
}

/** `result`: its id, or that of its transcript. */
export function EvidenceLink({ scan: { scan, scanner }, result }: { scan: ChosenScan; result: string }) {
  return (
    <Link to="/scans/$scanId" params={{ scanId: scan }} search={{ scanner, result }}>
      Evidence
    </Link>
  );
}

/** A label that could not be written: it is kept here until somebody says what shall become of it. */
export function RefusedLabel({ refused, insist, drop }: Labels & { refused: NonNullable<Labels["refused"]> }) {
  const { change, error } = refused;
  const isConflict = error instanceof ConflictError;
  useKeys("Label that was not written", [
    { keys: "w", label: "Write the label all the same", run: () => void insist() },
    { keys: "Escape", label: "Drop the label", run: drop },
  ]);
  const about = change.fields === null ? decodeUrl(change.key) : aboutWords(change.fields);
  const label = change.fields === null ? "no label" : labelWords(labelOf(change.fields));
  return (
    <div role="alert" className={styles.refused}>
      <p>
        <b>
          “{label}” of {about} is not written yet.
        </b>{" "}
        {error.message} {isConflict && "The file was read again; your label is kept here."}
      </p>
      <button type="button" data-kind="primary" onClick={insist}>
        {isConflict ? "Write mine" : "Try again"} <kbd>w</kbd>
      </button>
      <button type="button" onClick={drop}>
        Drop mine <kbd>esc</kbd>
      </button>
    </div>
  );
}

interface VerdictProps {
  scan: ChosenScan;
  /** Id of the result, or of the transcript. */
  result: string;
  /** Go to a message that is cited; without this, those that are cited are shown. */
  onCite?: (message: number) => void;
}

/** What the scanner said. Blind: it is shown after the label, or by a deliberate key, and not even asked for before. */
export function VerdictNote({ isLabelled, ...of }: VerdictProps & { isLabelled: boolean }) {
  // Whoever labels goes on to the next case at once; the verdict waits until he comes back.
  const [isShown, setShown] = useState(isLabelled);
  useKeys("Label", [{ keys: "v", label: "Show what the scanner says, or hide it", run: () => setShown(!isShown) }]);
  return (
    <div className={styles.note}>
      {isShown ? (
        <Verdict {...of} />
      ) : (
        <p>
          Blind: what {of.scan.scanner} says is shown after the label.{" "}
          <button type="button" data-kind="link" onClick={() => setShown(true)}>
            Show it now
          </button>{" "}
          <kbd>v</kbd>
        </p>
      )}
    </div>
  );
}

/** What a scanner said of an input, and what it cites. */
export function Verdict({ scan, result, onCite }: VerdictProps) {
  const path = { scan_id: scan.scan, scanner: scan.scanner, id: result };
  const evidence = useQuery(ask("/scans/{scan_id}/{scanner}/results/{id}/evidence", { path }));
  if (evidence.error !== null) return <p role="alert">{evidence.error.message}</p>;
  const found = evidence.data?.evidence[0];
  if (found === undefined) return null;
  const numbers = new Map(found.messages.map((message) => [message.id, message.number]));
  return (
    <>
      {found.results.map((said) => (
        <section key={said.uuid} className={styles.verdict} aria-label={said.scanner}>
          <p>
            <VerdictDot verdict={verdictOf(said.value, said.scan_error)} /> <b>{said.scanner}</b>{" "}
            <InertText text={formatValue(said.label ?? said.answer ?? said.value)} />
          </p>
          {said.explanation !== null && (
            <p className={styles.said} dir="auto">
              {explanationParts(said.explanation).map(({ start, text }) => {
                const number = numbers.get(said.references.find((each) => each.cite === text)?.id ?? "");
                return number === undefined || onCite === undefined ? (
                  <InertText key={start} text={text} />
                ) : (
                  <button
                    key={start}
                    type="button"
                    className={styles.cite}
                    title={`Go to M${number}`}
                    onClick={() => onCite(number)}
                  >
                    M{number}
                  </button>
                );
              })}
            </p>
          )}
          <p>
            <EvidenceLink scan={scan} result={said.uuid ?? result} />
          </p>
        </section>
      ))}
      {onCite === undefined &&
        found.messages
          .filter((message) => message.cited)
          .map(({ id, number, role, text, marked, characters_left_out }) => (
            <Passage
              key={id}
              head={`M${number} · ${role}`}
              text={text}
              marked={marked}
              isCited
              leftOut={characters_left_out}
              colour={1}
            />
          ))}
    </>
  );
}
