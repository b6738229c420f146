import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { explanationParts } from "../../../domain/citations.ts";
import { formatValue, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { evidenceQuery } from "../api/scans.ts";
import styles from "./verdict-note.module.css";

interface VerdictNoteProps {
  scan: { scan: string; scanner: string };
  /** Id of the result, or of the transcript. */
  result: string;
  /** Blind: what the scanner said is shown after the label, or by a deliberate key. */
  isLabelled: boolean;
  onCite?: (message: number) => void;
}

/** What the scanner said. It is not even asked for before it may be seen. */
export function VerdictNote({ scan, result, isLabelled, onCite }: VerdictNoteProps) {
  // Whoever labels goes on to the next case at once; the verdict waits until he comes back.
  const [isShown, setShown] = useState(isLabelled);
  useKeys("Label", [{ keys: "v", label: "Show what the scanner says, or hide it", run: () => setShown(!isShown) }]);
  return (
    <div className={styles.note}>
      {isShown ? (
        <Verdict scan={scan} result={result} onCite={onCite} />
      ) : (
        <p>
          Blind: what {scan.scanner} says is shown after the label.{" "}
          <button type="button" data-kind="link" onClick={() => setShown(true)}>
            Show it now
          </button>{" "}
          <kbd>v</kbd>
        </p>
      )}
    </div>
  );
}

interface VerdictProps {
  scan: { scan: string; scanner: string };
  result: string;
  onCite?: ((message: number) => void) | undefined;
  /** Whether the messages that it cites are shown with it. */
  withPassages?: boolean;
}

/** What a scanner said of an input, and what it cites. */
export function Verdict({ scan, result, onCite, withPassages = false }: VerdictProps) {
  const evidence = useQuery(evidenceQuery(scan.scan, scan.scanner, result));
  if (evidence.error !== null) return <p role="alert">{evidence.error.message}</p>;
  const found = evidence.data?.evidence[0];
  if (found === undefined) return null;
  const numbers = new Map(found.messages.map((message) => [message.id, message.number]));
  const passages = withPassages ? found.messages.filter((message) => message.cited) : [];
  const said = found.results.map((said) => {
    const cited = new Map(said.references.map((each) => [each.cite, numbers.get(each.id)]));
    return (
      <section key={said.uuid} className={styles.verdict} aria-label={said.scanner}>
        <p>
          <VerdictDot verdict={verdictOf(said.value, said.scan_error)} /> <b>{said.scanner}</b>{" "}
          <InertText text={formatValue(said.label ?? said.answer ?? said.value)} />
        </p>
        {said.explanation !== null && (
          <p className={styles.said} dir="auto">
            {explanationParts(said.explanation).map((part) => (
              <Part key={part.start} text={part.text} number={cited.get(part.text)} onCite={onCite} />
            ))}
          </p>
        )}
        <p>
          <a href={`#/scans/${encodeURIComponent(scan.scan)}?${resultQuery(scan.scanner, said.uuid ?? result)}`}>
            Evidence
          </a>
        </p>
      </section>
    );
  });
  return (
    <>
      {said}
      {passages.map((passage) => (
        <blockquote key={passage.id} className={styles.passage}>
          <p>
            M{passage.number} {passage.role}
          </p>
          <InertText text={passage.text} />
        </blockquote>
      ))}
    </>
  );
}

function resultQuery(scanner: string, result: string): string {
  return new URLSearchParams({ scanner, result }).toString();
}

interface PartProps {
  text: string;
  /** The message that it cites. */
  number: number | undefined;
  onCite: ((message: number) => void) | undefined;
}

function Part({ text, number, onCite }: PartProps) {
  if (number === undefined || onCite === undefined) return <InertText text={text} />;
  return (
    <button type="button" className={styles.cite} title={`Go to M${number}`} onClick={() => onCite(number)}>
      M{number}
    </button>
  );
}
