import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import type { RunningScanItem } from "../../api/generated/types.gen.ts";
import { type RunningScans as Known, runningScansQuery } from "../../api/live.ts";
import { formatCounted, formatDuration, formatShare } from "../../domain/format.ts";
import { Icon } from "../../ui/icon.tsx";
import { Progress } from "../../ui/progress.tsx";
import { toast } from "../../ui/toast.ts";
import styles from "./running-scans.module.css";

const CancelScan = lazy(() =>
  import("../../features/run/components/cancel-scan.tsx").then((module) => ({ default: module.CancelScan })),
);
const NONE: Known = {};

/** How far the scans are that run, while one reads on; each can be opened and cancelled, and its end is told. */
export function RunningScans() {
  const { data: known = NONE } = useQuery(runningScansQuery);
  const [asked, setAsked] = useState<RunningScanItem | null>(null);
  const running = Object.values(known).filter((scan) => scan.state === "running");
  useToldEnds(known);
  return (
    <>
      <ul className={styles.list} aria-label="Running scans">
        {running.map((scan) => (
          <li key={scan.location}>
            <Link {...addressOf(scan)} title={told(scan)}>
              <span>{scan.total === 0 ? "…" : formatShare((scan.done ?? 0) / scan.total)}</span>
              <Progress label={told(scan)} done={scan.done ?? 0} total={scan.total} />
            </Link>
            <button
              type="button"
              data-kind="plain"
              aria-label={`Cancel ${scan.name} …`}
              title={`Cancel ${scan.name} …`}
              onClick={() => setAsked(scan)}
            >
              <Icon name="close" size={10} />
            </button>
          </li>
        ))}
      </ul>
      {asked !== null && (
        <Suspense>
          <CancelScan scan={known[asked.location] ?? asked} onClose={() => setAsked(null)} />
        </Suspense>
      )}
    </>
  );
}

/** Say in passing that a scan has ended which ran while the page was open. */
function useToldEnds(known: Known): void {
  const navigate = useNavigate();
  const ran = useRef(new Set<string>());
  useEffect(() => {
    for (const scan of Object.values(known)) {
      if (scan.state === "running") ran.current.add(scan.location);
      else if (ran.current.delete(scan.location)) {
        const run = () => void navigate(addressOf(scan));
        toast(`${scan.name} ${ended(scan)}`, { action: { label: "Open the scan", run } });
      }
    }
  }, [known, navigate]);
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

function ended({ state, done, total, error_count }: RunningScanItem): string {
  if (state === "complete") return `is complete: ${total} of ${total}.`;
  if (state === "errors") return `has ended with ${formatCounted(error_count, "error")}.`;
  return `was interrupted at ${done ?? 0} of ${total}.`;
}
