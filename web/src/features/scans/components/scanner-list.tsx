import { useQuery } from "@tanstack/react-query";
import type { FindingsItem, RunningScanItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { facetsQuery } from "../api/count-results.ts";
import { agreementOf, kindsWords } from "../model/findings.ts";
import { folderOf } from "../model/scan-place.ts";
import styles from "./scanner-list.module.css";

interface ScannerListProps {
  scan: ScanDetail;
  live: RunningScanItem | undefined;
  chosen: string;
  onChoose: (scanner: string) => void;
}

/** The scanners of a scan, with how much each found, and how well it agrees with labels. */
export function ScannerList({ scan, live, chosen, onChoose }: ScannerListProps) {
  const names = scan.scanner_names;
  const step = (by: number) => {
    const to = names[(names.indexOf(chosen) + by + names.length) % names.length];
    if (to !== undefined && to !== chosen) onChoose(to);
  };
  useKeys("Scan", [
    { keys: "]", label: "Next scanner", run: () => step(1) },
    { keys: "[", label: "Scanner before", run: () => step(-1) },
  ]);
  return (
    <nav aria-label="Scanners" className={styles.list}>
      <ul>
        {names.map((name) => (
          <li key={name}>
            <button
              type="button"
              data-kind="plain"
              aria-current={name === chosen || undefined}
              className={styles.scanner}
              onClick={() => onChoose(name)}
            >
              <ScannerFacts scan={scan} live={live} name={name} />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function ScannerFacts({ scan, live, name }: Pick<ScannerListProps, "scan" | "live"> & { name: string }) {
  const found = scan.findings?.find((each) => each.scanner === name);
  const counts = live?.counts[name] ?? scan.summary[name];
  const errors = counts?.errors ?? 0;
  const isLabelled = (scan.summary[name]?.agreement ?? null) !== null;
  return (
    <>
      <span className={styles.head}>
        <b title={name}>{name}</b>
        {errors > 0 ? (
          <span className={styles.errors}>{formatCounted(errors, "error")}</span>
        ) : (
          <span>{formatCount(counts?.results ?? found?.results ?? 0)}</span>
        )}
      </span>
      {found !== undefined && <Rate found={found} />}
      {errors > 0 && (
        <span className={styles.fact}>
          {formatCount(counts?.results ?? 0)} found something{nullsWords(found)}
        </span>
      )}
      {isLabelled && <Agreement scan={scan} name={name} />}
    </>
  );
}

function Rate({ found }: { found: FindingsItem }) {
  const { n, unit, rate, rate_low, rate_high, kinds_by, kinds } = found;
  const shown =
    rate === null || rate_low === null || rate_high === null ? "" : ` · ${formatInterval(rate, rate_low, rate_high)}`;
  return (
    <>
      <span className={styles.fact}>
        {formatCount(n)} {unit === "transcript" ? "judged" : `${unit}s judged`}
        {shown}
        {found.errors === 0 && nullsWords(found)}
      </span>
      {(kinds_by === "label" || kinds.length > 2) && <span className={styles.fact}>{kindsWords(found)}</span>}
    </>
  );
}

function nullsWords(found: FindingsItem | undefined): string {
  return found?.nulls ? ` · ${formatCount(found.nulls)} without a value` : "";
}

/** Agreement with labels, with its interval: the server counts, of the results that have a label, those that agree. */
function Agreement({ scan, name }: { scan: ScanDetail; name: string }) {
  const of = { scanId: scan.scan_id, scans: folderOf(scan.location), scanner: name };
  const counted = useQuery(facetsQuery(of, "validation_result", "validation_result IS NOT NULL"));
  const agreement = agreementOf(counted.data?.items[0]?.groups ?? []);
  const told = scan.summary[name]?.agreement ?? 0;
  if (agreement === null) return <span className={styles.fact}>agrees {Math.round(told * 100)} % with labels</span>;
  return (
    <span className={styles.fact}>
      agrees {formatInterval(agreement.rate, agreement.low, agreement.high)} with {formatCounted(agreement.n, "label")}
    </span>
  );
}
