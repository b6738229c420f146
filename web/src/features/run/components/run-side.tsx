import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { runningScansQuery } from "../../../api/live.ts";
import { formatCost, formatCounted, formatDuration } from "../../../domain/format.ts";
import { scanAddress } from "../../../domain/scan-address.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/output.tsx";
import { Icon, Progress, VerdictDot } from "../../../ui/drawings.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { TRIAL_COLUMNS, trialRow } from "../model/run-form.ts";
import { CancelScan } from "./cancel-scan.tsx";
import styles from "./run-side.module.css";
import type { Run } from "./use-run.ts";

/** What a scan would do, what it did with a few transcripts, and how it goes on. */
export function RunSide({ run }: { run: Run }) {
  const { search, draft, refusal, busy } = run;
  const mistakes = Object.keys(draft.mistakes).length;
  const refused = Object.keys(refusal?.fields ?? {}).length;
  return (
    <div className={styles.side}>
      {search.run !== undefined && (
        <section className={styles.part} aria-label="The scan that was started">
          <h2>Started</h2>
          <StartedScan scanId={search.run} />
        </section>
      )}
      <section className={styles.part} aria-label="What would be scanned" aria-busy={busy === "count"}>
        <h2>Before it starts</h2>
        {mistakes > 0 && <Warning>{formatCounted(mistakes, "field")} cannot be used as it is.</Warning>}
        {refused > 0 && <Warning>Refused: see {formatCounted(refused, "field")} at the left.</Warning>}
        {refusal !== undefined && refusal.rest !== "" && <Warning>{refusal.rest}</Warning>}
        <Counted run={run} />
      </section>
      <section className={styles.part} aria-label="Tried on five transcripts">
        <h2>Tried on five transcripts</h2>
        {search.trial !== undefined && <Trial key={search.trial} scanId={search.trial} />}
        {search.trial === undefined && (
          <p className="muted">
            {busy === "trial"
              ? "Starting …"
              : "Try five shows results beside what they rest on, before all are scanned. It is kept as a scan of its own."}
          </p>
        )}
      </section>
    </div>
  );
}

function Warning({ children }: { children: ReactNode }) {
  return (
    <p className={styles.warning} role="alert">
      <Icon name="warning" size={14} /> <span>{children}</span>
    </p>
  );
}

function Counted({ run: { counted, busy } }: { run: Run }) {
  const notYet = busy === "count" ? "counting …" : "not counted yet";
  return (
    <dl className={styles.facts}>
      <dt>Transcripts</dt>
      <dd>{counted === undefined ? notYet : counted.transcripts}</dd>
      {Object.entries(counted?.scanners ?? {}).map(([scanner, scans]) => (
        <div key={scanner}>
          <dt className="mono">{scanner}</dt>
          <dd>{formatCounted(scans, "transcript")}</dd>
        </div>
      ))}
      <dt>Price</dt>
      <dd>{counted?.cost == null ? "not known yet" : formatCost(counted.cost)}</dd>
      {counted?.problems.map((problem) => (
        <div key={problem} className={styles.problem}>
          <dt>
            <Icon name="warning" size={12} />
          </dt>
          <dd>{problem}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How a scan stands: from the stream while it runs, from its files else. */
function useScanState(scanId: string) {
  const { data: running = {} } = useQuery(runningScansQuery);
  const live = Object.values(running).find((scan) => scan.scan_id === scanId);
  const isRunning = live?.state === "running";
  const { data, error, refetch } = useQuery({
    ...ask("/scans/{scan_id}", { path: { scan_id: scanId }, query: { findings: false } }),
    enabled: !isRunning,
  });
  return { scan: isRunning ? live : (data ?? live), left: live?.left_seconds ?? null, error, refetch };
}

const STATES: Readonly<Record<string, string>> = {
  planned: "begins",
  running: "running",
  complete: "complete",
  errors: "ended with errors",
  interrupted: "interrupted",
};

function StartedScan({ scanId }: { scanId: string }) {
  const { scan, left, error, refetch } = useScanState(scanId);
  const [isAsking, setAsking] = useState(false);
  if (scan === undefined && error !== null) {
    return <ErrorState error={error} title="The scan could not be read." onRetry={() => void refetch()} />;
  }
  if (scan === undefined) return <Skeleton lines={2} label="Reading the scan" />;
  const { total, state, error_count: failed } = scan;
  const done = scan.done ?? 0;
  const name = scan.scanner_names.join(", ") || scan.name;
  const isRunning = state === "running" || state === "planned";
  return (
    <div className={styles.scan}>
      <p role="status">
        {name} <span className="muted mono">{scanId.slice(0, 8)}</span>: {STATES[state] ?? state}, {done} of {total}
        {left !== null && isRunning && `, ${formatDuration(left)} left`}
        {failed > 0 && `, ${formatCounted(failed, "error")}`}
      </p>
      <Progress label={`${name}: ${done} of ${total}`} done={done} total={total} failed={failed} />
      <div className={styles.actions}>
        <Link {...scanAddress(scan)}>Open the scan</Link>
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

/** A scan of a few transcripts: each result, and below it the words that it rests on. */
function Trial({ scanId }: { scanId: string }) {
  const { scan } = useScanState(scanId);
  return (
    <>
      <StartedScan scanId={scanId} />
      {scan?.scanner_names.map((scanner) => (
        <Results key={scanner} scan={scan} scanner={scanner} isNamed={scan.scanner_names.length > 1} />
      ))}
    </>
  );
}

interface Scan {
  scan_id: string;
  location: string;
  done: number | null;
}

function Results({ scan, scanner, isNamed }: { scan: Scan; scanner: string; isNamed: boolean }) {
  const asked = ask("/scans/{scan_id}/{scanner}/results", {
    path: { scan_id: scan.scan_id, scanner },
    query: { limit: 50, columns: TRIAL_COLUMNS },
  });
  const { data, error, refetch } = useQuery({
    ...asked,
    // So that they are asked for again when there are more.
    queryKey: [...asked.queryKey, scan.done],
    placeholderData: (before) => before,
  });
  const [opened, setOpened] = useState<string | null>(null);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={3} label="Reading results" />;
  const rows = data.items.map(trialRow);
  const shown = opened ?? (rows.find(({ verdict }) => verdict === "positive") ?? rows[0])?.id;
  return (
    <div className={styles.results}>
      {isNamed && <h3 className="mono">{scanner}</h3>}
      {rows.length === 0 && <p className="muted">No results yet.</p>}
      <ul>
        {rows.map(({ id, verdict, task, value, explanation }) => (
          <li key={id}>
            <button
              type="button"
              data-kind="plain"
              className={styles.row}
              aria-expanded={id === shown}
              onClick={() => setOpened(id === shown ? "" : id)}
            >
              <VerdictDot verdict={verdict} />
              <span className={styles.value}>
                <InertText text={value} />
              </span>
              <span className={styles.task}>
                <InertText text={task} />
              </span>
              {explanation !== "" && (
                <span className={styles.explanation}>
                  <InertText text={explanation} />
                </span>
              )}
            </button>
            {id === shown && <Evidence scan={scan} scanner={scanner} id={id} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Evidence({ scan, scanner, id: result }: { scan: Scan; scanner: string; id: string }) {
  const path = { scan_id: scan.scan_id, scanner, id: result };
  const { data, error } = useQuery(ask("/scans/{scan_id}/{scanner}/results/{id}/evidence", { path }));
  if (error !== null) return <p className={styles.remark}>{error.message}</p>;
  if (data === undefined) return <Skeleton lines={3} label="Reading the evidence" />;
  const [found] = data.evidence;
  // A result that cites nothing comes with all that was read.
  const passages = [...(found?.messages ?? []), ...(found?.events ?? [])].filter(({ cited }) => cited);
  return (
    <div className={styles.evidence}>
      {passages.map(({ id, number, role, text, marked, characters_left_out: leftOut }) => (
        <Passage
          key={`${role} ${id}`}
          head={`M${number} · ${role}`}
          text={text}
          marked={marked}
          isCited
          leftOut={leftOut}
          colour={1}
        />
      ))}
      {passages.length === 0 && <p className={styles.remark}>This result cites nothing.</p>}
      {found?.remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
      <Link {...scanAddress(scan, { scanner, result })}>Open the result</Link>
    </div>
  );
}
