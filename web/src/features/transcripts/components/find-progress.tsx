import { formatCount, formatCounted } from "../../../domain/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Progress } from "../../../ui/progress.tsx";
import type { Found } from "../model/found.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./find-bar.module.css";

/** The server tells the first ones. */
const TOLD_PROBLEMS = 20;

/** How far the search has come, and what it has found. */
export function FindProgress({ found, onStop }: { found: Found; onStop: () => void }) {
  const { change } = useListAddress();
  const isSearching = found.state === "searching";
  useKeys("Transcripts", [
    ...(isSearching ? [{ keys: "s", label: "Stop the search", run: onStop }] : []),
    {
      keys: "Escape",
      label: isSearching ? "Stop the search" : "Leave the search",
      run: () => (isSearching ? onStop() : change({ q: undefined }, true)),
    },
  ]);
  const { searched = 0, total = null, problems = [], stopped = null } = found.progress ?? {};
  return (
    <div className={styles.progress}>
      {isSearching && (
        <div className={styles.meter}>
          <Progress label="Transcripts searched" done={searched} total={total} />
        </div>
      )}
      <p role="status" className={styles.words}>
        {foundWords(found)}
      </p>
      {isSearching ? (
        <button type="button" onClick={onStop}>
          Stop <kbd>Esc</kbd>
        </button>
      ) : (
        <button type="button" onClick={() => change({ q: undefined }, true)}>
          Leave the search <kbd>Esc</kbd>
        </button>
      )}
      {(found.error !== null || stopped !== null) && (
        <p role="alert" className={styles.problem}>
          <Icon name="warning" size={14} /> {found.error?.message ?? stopped}
        </p>
      )}
      {problems.length > 0 && (
        <details className={styles.problem}>
          <summary>
            {formatCounted(problems.length, "transcript")}
            {problems.length >= TOLD_PROBLEMS && " or more"} could not be read
          </summary>
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function foundWords({ ids, told, progress, state }: Found): string {
  if (state === "failed" && progress === null) return "Nothing was searched.";
  const { searched = 0, total, items = told, matches = told } = progress ?? {};
  const looked = `${formatCount(searched)}${typeof total === "number" && searched < total ? ` of ${formatCount(total)}` : ""} transcripts searched`;
  if (items === 0) return state === "searching" ? `${looked} ...` : `Not found: ${looked}.`;
  const where = `${formatCounted(matches, "match", "matches")} in ${formatCounted(items, "message")} of ${formatCounted(ids.length, "transcript")}`;
  const untold = items > told ? `; the first ${formatCount(told)} messages are shown` : "";
  return `${where}${untold} · ${looked}${state === "stopped" ? ", then stopped" : ""}`;
}
