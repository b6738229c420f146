import { formatCount, formatDuration, formatShare } from "../../../domain/format.ts";
import { Progress } from "../../../ui/progress.tsx";
import type { LiveScan } from "../model/scan-list.ts";
import styles from "./scan-progress.module.css";

/** How far a scan is; while it runs, how fast it goes and how long it will take. */
export function ScanProgress({ scan }: { scan: LiveScan }) {
  const done = scan.done ?? 0;
  const isWhole = scan.total > 0 && done >= scan.total;
  if (scan.state !== "running" && isWhole) return <>{formatCount(scan.total)}</>;
  const counted = `${scan.done === null ? "?" : formatCount(done)} of ${formatCount(scan.total)}`;
  if (scan.state !== "running") return <>{counted}</>;
  return (
    <span className={styles.progress}>
      <span className={styles.bar}>
        <Progress label={scan.name} done={done} total={scan.total} failed={scan.error_count} />
      </span>
      <span title={counted}>{progressWords(scan)}</span>
    </span>
  );
}

/** `64 % · 12 a minute · 40 s left`. */
function progressWords(scan: LiveScan): string {
  const share = scan.total === 0 ? "…" : formatShare((scan.done ?? 0) / scan.total);
  const rate = scan.rate ?? null;
  const left = scan.left_seconds ?? null;
  return [
    share,
    ...(rate === null || rate === 0 ? [] : [rateWords(rate)]),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ].join(" · ");
}

function rateWords(rate: number): string {
  return rate >= 1 ? `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : `${(rate * 60).toFixed(0)}/min`;
}
