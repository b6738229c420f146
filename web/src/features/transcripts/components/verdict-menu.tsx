import { useQuery } from "@tanstack/react-query";
import { formatCounted } from "../../../domain/format.ts";
import { Check } from "../../../ui/field.tsx";
import { Popover } from "../../../ui/popover.tsx";
import { RelativeTime } from "../../../ui/relative-time.tsx";
import { newestScansQuery } from "../api/list-scans.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./verdict-menu.module.css";

const MOST_SCANS = 6;

/** Choose the scans whose verdicts stand in the rows. */
export function VerdictMenu() {
  const { list, change } = useListAddress();
  const scans = useQuery(newestScansQuery());
  const chosen = list.verdicts;
  const toggle = (id: string) => {
    const next = chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id];
    change({ verdicts: next.length === 0 ? undefined : next });
  };
  const words = chosen.length === 0 ? "Verdicts" : `Verdicts of ${formatCounted(chosen.length, "scan")}`;
  return (
    <Popover name={words} title="Show verdicts of scans" button={words}>
      {() => (
        <div className={styles.menu}>
          <h2>Show verdicts of</h2>
          {scans.isError && <p className={styles.problem}>{scans.error.message}</p>}
          {scans.data?.items.length === 0 && <p className="muted">There are no scans yet.</p>}
          <ul>
            {scans.data?.items.map((scan) => (
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
