import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { RunningScanItem } from "../../api/generated/types.gen.ts";
import { runningScansQuery } from "../../api/live.ts";
import { formatCounted, formatDuration, formatShare } from "../../domain/format.ts";
import { Progress } from "../../ui/progress.tsx";
import styles from "./running-scans.module.css";

/** How far the scans are that run, while one reads on. */
export function RunningScans() {
  const { data = {} } = useQuery(runningScansQuery);
  const running = Object.values(data).filter((scan) => scan.state === "running");
  return (
    <ul className={styles.list} aria-label="Running scans">
      {running.map((scan) => (
        <li key={scan.location}>
          <Link {...addressOf(scan)} title={told(scan)}>
            <span>{scan.total === 0 ? "…" : formatShare((scan.done ?? 0) / scan.total)}</span>
            <Progress label={told(scan)} done={scan.done ?? 0} total={scan.total} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** The route is that of another place, which may not be there yet. */
function addressOf({ scan_id, location }: RunningScanItem): { to: string; search: object } {
  return { to: `/scans/${scan_id}`, search: { scans: location.replace(/\/[^/]*\/?$/, "") } };
}

function told({ name, done, total, left_seconds, error_count }: RunningScanItem): string {
  const left = left_seconds === null ? "" : `, ${formatDuration(left_seconds)} left`;
  const errors = error_count === 0 ? "" : `, ${formatCounted(error_count, "error")}`;
  return `${name}: ${done ?? 0} of ${total}${left}${errors}`;
}
