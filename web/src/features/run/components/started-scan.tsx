import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { formatCounted, formatDuration } from "../../../domain/format.ts";
import { Progress } from "../../../ui/progress.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { scanAddress } from "../model/scan-address.ts";
import { CancelScan } from "./cancel-scan.tsx";
import styles from "./started-scan.module.css";
import { useScanState } from "./use-scan-state.ts";

const STATES: Readonly<Record<string, string>> = {
  planned: "begins",
  running: "running",
  complete: "complete",
  errors: "ended with errors",
  interrupted: "interrupted",
};

export function StartedScan({ scanId }: { scanId: string }) {
  const { scan, left, error, retry } = useScanState(scanId);
  const [isAsking, setAsking] = useState(false);
  if (scan === undefined && error !== null)
    return <ErrorState error={error} title="The scan could not be read." onRetry={() => void retry()} />;
  if (scan === undefined) return <Skeleton lines={2} label="Reading the scan" />;
  const { done, total, state, error_count, location } = scan;
  const name = scan.scanner_names.join(", ") || scan.name;
  const isRunning = state === "running" || state === "planned";
  const errors = error_count === 0 ? "" : `, ${formatCounted(error_count, "error")}`;
  const time = left === null || !isRunning ? "" : `, ${formatDuration(left)} left`;
  return (
    <div className={styles.scan}>
      <p role="status">
        {name} <span className="muted mono">{scanId.slice(0, 8)}</span>: {STATES[state] ?? state}, {done ?? 0} of{" "}
        {total}
        {time}
        {errors}
      </p>
      <Progress label={`${name}: ${done ?? 0} of ${total}`} done={done ?? 0} total={total} failed={error_count} />
      <div className={styles.actions}>
        <Link {...scanAddress(scanId, location)}>Open the scan</Link>
        {isRunning && (
          <button type="button" onClick={() => setAsking(true)}>
            Cancel …
          </button>
        )}
      </div>
      {isAsking && <CancelScan scan={scan} onClose={() => setAsking(false)} />}
    </div>
  );
}
