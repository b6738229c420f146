import { Link } from "@tanstack/react-router";
import { decodeUrl } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/errors.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
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
