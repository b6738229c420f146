import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { ask } from "../../../api/ask.ts";
import type { FindingsItem, RunningScanItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { runningScansQuery } from "../../../api/live.ts";
import { formatCost, formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { Chip, Progress } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader, SplitPane } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { agreementOf, askedOfScanner, kindsWords } from "../model/findings.ts";
import { folderOf, progressWords } from "../model/scan-list.ts";
import { resultsOf, resultsQuery, scanQuery, useScanSearch } from "../model/scan-search.ts";
import { useScanChanges } from "../model/use-scan-changes.ts";
import { ResultsView } from "./results-view.tsx";
import { ScanActions, ScanStateMark } from "./scan-actions.tsx";
import styles from "./scan-place.module.css";

const AskedDialog = lazy(async () => ({ default: (await import("./scan-dialogs.tsx")).AskedDialog }));

const COLOURS = 6;

/** One scan: what was asked, what its scanners found, and what each result rests on. */
export function ScanPlace() {
  const address = useScanSearch();
  const { scanId, search, change } = address;
  const query = useQuery(scanQuery(scanId, search.scans));
  const running = useQuery(runningScansQuery).data;
  const names = query.data?.scanner_names ?? [];
  const scanner = names.find((name) => name === search.scanner) ?? names[0];
  const of = resultsOf(scanId, scanner ?? "", search.scans);
  // What the table shows first: counting what was found takes longer, and must not take its place.
  const first = useQuery({ ...resultsQuery(of, search), enabled: scanner !== undefined });
  const findings = useQuery({
    ...ask("/scans/{scan_id}", { path: { scan_id: scanId }, query: of.query }),
    select: (whole) => whole.findings,
    enabled: !first.isPending,
  });
  if (query.data === undefined) {
    return (
      <>
        <PlaceHeader title="Scan">
          <code title={scanId}>{scanId.slice(0, 6)}</code>
        </PlaceHeader>
        {query.error === null ? (
          <Skeleton label="Reading the scan" />
        ) : (
          <ErrorState error={query.error} title="This scan could not be read." onRetry={query.refetch} />
        )}
      </>
    );
  }
  const scan = { ...query.data, findings: findings.data ?? null };
  const now = running?.[scan.location];
  const live = now?.state === "running" ? now : undefined;
  const found = findings.data?.find((each) => each.scanner === scanner);
  const colour = (names.indexOf(scanner ?? "") % COLOURS) + 1;
  return (
    <>
      <ScanHeader scan={scan} live={live} scanner={scanner} />
      {live !== undefined && (
        <Progress label="Scan" done={live.done ?? 0} total={live.total} failed={live.error_count} />
      )}
      {scanner === undefined ? (
        <EmptyState title="This scan has no scanners" />
      ) : (
        <SplitPane
          name="scout-scanners"
          label="Scanners"
          side="start"
          width={230}
          pane={<ScannerList scan={scan} live={live} chosen={scanner} problem={findings.error} />}
        >
          <ResultsView key={scanner} {...address} scan={scan} scanner={scanner} of={of} found={found} colour={colour} />
        </SplitPane>
      )}
      {search.show === "asked" && (
        <Suspense>
          <AskedDialog scan={scan} scanner={scanner} onClose={() => change({ show: undefined })} />
        </Suspense>
      )}
    </>
  );
}

interface ScanHeaderProps {
  scan: ScanDetail;
  /** How it stands now, while it runs. */
  live: RunningScanItem | undefined;
  scanner: string | undefined;
}

/** What was asked, how the scan stands, what it cost. */
function ScanHeader({ scan, live, scanner }: ScanHeaderProps) {
  const { change } = useScanSearch();
  const navigate = useNavigate();
  const { resume, cancel } = useScanChanges();
  const compare = () => void navigate({ to: "/compare", search: { a: scan.scan_id, scans: folderOf(scan.location) } });
  const showAsked = () => change({ show: "asked" });
  const state = live?.state ?? scan.state;
  useKeys("Scan", [
    { keys: "a", label: "What was asked", run: showAsked },
    { label: "Compare this scan", run: compare },
    ...(scan.complete || live !== undefined ? [] : [{ label: "Resume this scan", run: () => resume.mutate({ scan }) }]),
  ]);
  const { question, filter } = askedOfScanner(scan, scanner);
  const cost = live?.cost ?? scan.cost;
  return (
    <PlaceHeader
      title={scan.name === "" ? scan.scan_id : scan.name}
      actions={
        <>
          {live !== undefined && (
            <>
              <span className={styles.progress} role="status">
                {progressWords(live)}
              </span>
              <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate(scan)}>
                Cancel
              </button>
            </>
          )}
          {!scan.complete && state !== "running" && (
            <button
              type="button"
              data-kind="primary"
              disabled={resume.isPending}
              onClick={() => resume.mutate({ scan })}
            >
              {resume.isPending ? "Starting …" : "Resume"}
            </button>
          )}
          <button type="button" onClick={compare}>
            Compare
          </button>
          <ScanActions
            scan={{ ...scan, state }}
            onCompare={compare}
            onDeleted={() => void navigate({ to: "/scans" })}
          />
        </>
      }
    >
      <ScanStateMark state={state} />
      <code title={scan.scan_id}>{scan.scan_id.slice(0, 6)}</code>
      <button
        type="button"
        data-kind="plain"
        className={styles.question}
        title="What was asked (a)"
        onClick={showAsked}
      >
        {question === null ? "What was asked" : `“${question}”`}
      </button>
      {scan.model !== null && <Chip>{scan.model}</Chip>}
      {filter !== "" && <Chip title="Filter of transcripts">{filter}</Chip>}
      <span>
        {formatCounted(scan.transcripts, "transcript")} · {formatCounted(scan.scanner_names.length, "scanner")}
      </span>
      {cost !== null && cost !== undefined && <span>{formatCost(cost)}</span>}
    </PlaceHeader>
  );
}

interface ScannerListProps {
  scan: ScanDetail;
  live: RunningScanItem | undefined;
  chosen: string;
  /** Why it is not known what was found. */
  problem: Error | null;
}

/** The scanners of a scan, with how much each found, and how well it agrees with labels. */
function ScannerList({ scan, live, chosen, problem }: ScannerListProps) {
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
