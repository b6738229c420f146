import { formatCount } from "../../../domain/format.ts";
import { Progress } from "../../../ui/progress.tsx";
import { progressWords } from "../model/progress-words.ts";
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
