import type { ScanState } from "../model/scan-list.ts";
import styles from "./scan-state.module.css";

const WORDS: Record<ScanState, string> = {
  planned: "planned",
  running: "running",
  complete: "complete",
  errors: "has errors",
  interrupted: "interrupted",
};

/** How a scan stands: by its shape, by its colour, and in words. */
export function ScanStateMark({ state }: { state: ScanState }) {
  return (
    <span className={styles.state} data-state={state}>
      <span className={styles.mark} aria-hidden="true" />
      {WORDS[state]}
    </span>
  );
}
