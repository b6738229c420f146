import { useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import type { FindingsItem, RunningScanItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { agreementOf, kindsWords } from "../model/findings.ts";
import { folderOf } from "../model/scan-list.ts";
import { resultsOf, useScanSearch } from "../model/scan-search.ts";
import styles from "./scanner-list.module.css";

interface ScannerListProps {
  scan: ScanDetail;
  live: RunningScanItem | undefined;
  chosen: string;
  /** Why it is not known what was found. */
  problem: Error | null;
}

/** The scanners of a scan, with how much each found, and how well it agrees with labels. */
export function ScannerList({ scan, live, chosen, problem }: ScannerListProps) {
  const { change } = useScanSearch();
  const names = scan.scanner_names;
  const choose = (scanner: string | undefined) =>
    change({ scanner, where: undefined, order_by: undefined, result: undefined, row: undefined }, true);
  const step = (by: number) => {
    const to = names[(names.indexOf(chosen) + by + names.length) % names.length];
    if (to !== chosen) choose(to);
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
              onClick={() => choose(name)}
            >
              <ScannerFacts scan={scan} live={live} name={name} />
            </button>
          </li>
        ))}
      </ul>
      {problem !== null && (
        <p role="alert" className={styles.problem}>
          {problem.message}
        </p>
      )}
    </nav>
  );
}

function ScannerFacts({ scan, live, name }: Pick<ScannerListProps, "scan" | "live"> & { name: string }) {
  const found = scan.findings?.find((each) => each.scanner === name);
  const counts = live?.counts[name] ?? scan.summary[name];
  const errors = counts?.errors ?? 0;
  const agreement = scan.summary[name]?.agreement ?? null;
  const nulls = found?.nulls ? ` · ${formatCount(found.nulls)} without a value` : "";
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
      {found !== undefined && (
        <span className={styles.fact}>
          {judgedWords(found)}
          {found.errors === 0 && nulls}
        </span>
      )}
      {found !== undefined && (found.kinds_by === "label" || found.kinds.length > 2) && (
        <span className={styles.fact}>{kindsWords(found)}</span>
      )}
      {errors > 0 && (
        <span className={styles.fact}>
          {formatCount(counts?.results ?? 0)} found something{nulls}
        </span>
      )}
      {agreement !== null && <Agreement scan={scan} name={name} told={agreement} />}
    </>
  );
}

function judgedWords({ n, unit, rate, rate_low, rate_high }: FindingsItem): string {
  const judged = `${formatCount(n)} ${unit === "transcript" ? "judged" : `${unit}s judged`}`;
  if (rate === null || rate_low === null || rate_high === null) return judged;
  return `${judged} · ${formatInterval(rate, rate_low, rate_high)}`;
}

/** Agreement with labels, with its interval: the server counts, of the results that have a label, those that agree. */
function Agreement({ scan, name, told }: { scan: ScanDetail; name: string; told: number }) {
  const { path, query } = resultsOf(scan.scan_id, name, folderOf(scan.location));
  const { data } = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/facets", {
      path,
      query: { ...query, by: ["validation_result"], where: "validation_result IS NOT NULL" },
    }),
    enabled: scan.findings !== null,
  });
  const agreement = agreementOf(data?.items[0]?.groups ?? []);
  if (agreement === null) return <span className={styles.fact}>agrees {Math.round(told * 100)} % with labels</span>;
  return (
    <span className={styles.fact}>
      agrees {formatInterval(agreement.rate, agreement.low, agreement.high)} with {formatCounted(agreement.n, "label")}
    </span>
  );
}
