import { useQueries, useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import { formatCounted } from "../../../domain/format.ts";
import { RelativeTime, VerdictDot } from "../../../ui/drawings.tsx";
import { Check } from "../../../ui/fields.tsx";
import { Popover } from "../../../ui/floating.tsx";
import { idsCondition } from "../model/leaving.ts";
import type { ListedRow } from "../model/list.ts";
import { useListAddress } from "../model/use-list.ts";
import { NEWEST_SCANS, type ShownScanner, verdictsById } from "../model/verdicts.ts";
import styles from "./verdicts.module.css";

const MOST_SCANS = 6;

/** Choose the scans whose verdicts stand in the rows. */
export function VerdictMenu() {
  const { list, change } = useListAddress();
  const { data, error } = useQuery(NEWEST_SCANS);
  const chosen = list.verdicts;
  const toggle = (id: string) =>
    change({ verdicts: chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id] });
  const words = chosen.length === 0 ? "Verdicts" : `Verdicts of ${formatCounted(chosen.length, "scan")}`;
  return (
    <Popover name={words} title="Show verdicts of scans" button={words}>
      {() => (
        <div className={styles.menu}>
          <h2>Show verdicts of</h2>
          {error !== null && <p className={styles.problem}>{error.message}</p>}
          {data?.items.length === 0 && <p className="muted">There are no scans yet.</p>}
          <ul>
            {data?.items.map((scan) => (
              <li key={scan.location}>
                <Check
                  checked={chosen.includes(scan.scan_id)}
                  disabled={chosen.length >= MOST_SCANS && !chosen.includes(scan.scan_id)}
                  onChange={() => toggle(scan.scan_id)}
                  label={
                    <span className={styles.scan}>
                      <span>{scan.name}</span>
                      <span className="muted">
                        {scan.scanner_names.join(", ")} · <RelativeTime iso={scan.timestamp} />
                        {scan.error_count > 0 && ` · ${formatCounted(scan.error_count, "error")}`}
                      </span>
                    </span>
                  }
                />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Popover>
  );
}

const COLUMNS = ["transcript_id", "value", "scan_error"];
/** A scanner may look at parts of a transcript one by one. */
const MOST_RESULTS = 1000;

/** What the chosen scans said of a transcript; rows of one page ask together. */
export function VerdictCell({ row, scanners }: { row: ListedRow; scanners: readonly ShownScanner[] }) {
  const where = idsCondition(row.page);
  const query = { where, columns: COLUMNS, rows: "transcripts", limit: MOST_RESULTS, count: false } as const;
  const found = useQueries({
    queries: scanners.map(({ scan, scanner }) => ({
      ...ask("/scans/{scan_id}/{scanner}/results", { path: { scan_id: scan, scanner }, query }),
      enabled: row.page.length > 0,
      select: verdictsById,
    })),
  });
  return (
    <span className={styles.dots}>
      {scanners.map(({ scan, scanName, scanner, colour }, at) => {
        const name = `${scanner} (${scanName})`;
        const key = `${scan} ${scanner}`;
        const { data, error = null, isPending } = found[at] ?? {};
        const shown = data?.get(row.transcript_id);
        if (error !== null)
          return <VerdictDot key={key} verdict="error" label={`${name} could not be read: ${error.message}`} />;
        if (shown === undefined)
          return <span key={key} className={styles.none} title={isPending ? undefined : `${name}: not scanned`} />;
        return (
          <VerdictDot
            key={key}
            verdict={shown.verdict}
            colour={`var(--s${colour})`}
            label={`${name}: ${shown.words}`}
          />
        );
      })}
    </span>
  );
}
