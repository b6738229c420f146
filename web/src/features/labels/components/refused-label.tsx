import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { aboutWords, decodeUrl, labelOf, labelWords } from "../model/cases.ts";
import type { Labels } from "../model/use-labels.ts";
import styles from "./refused-label.module.css";

/** A label that could not be written: it is kept here until somebody says what shall become of it. */
export function RefusedLabel({ labels }: { labels: Labels }) {
  const { refused, insist, drop } = labels;
  useKeys("Label that was not written", [
    { keys: "w", label: "Write the label all the same", run: insist },
    { keys: "Escape", label: "Drop the label", run: drop },
  ]);
  if (refused === null) return null;
  const { change, error, isConflict } = refused;
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
