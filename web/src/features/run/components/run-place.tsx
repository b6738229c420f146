import { useState } from "react";
import type { JobItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { SearchField } from "../../../ui/fields.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader, SplitPane } from "../../../ui/layout.tsx";
import { AsCommand, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { purposeOf } from "../model/parameters.ts";
import { commandsOf, scannerId } from "../model/run-form.ts";
import { Arguments, Options, Selection } from "./run-fields.tsx";
import styles from "./run-place.module.css";
import { RunSide } from "./run-side.tsx";
import { type Run, useRun } from "./use-run.ts";

export function RunPlace() {
  const run = useRun();
  const { scanners, explained, jobs, base, chosen, isEnabled, count, start } = run;
  useKeys("Run", [
    { keys: "d", label: "Dry run: count what would be scanned", run: count },
    { keys: "t", label: "Try five transcripts", run: () => start("trial") },
    { keys: "Mod+Enter", label: "Run the scan", run: () => start("run") },
  ]);
  const failed = scanners.error ?? explained.error;
  const isEmpty = jobs.length === 0 && scanners.data?.total === 0;
  const retry = () => {
    void scanners.refetch();
    void explained.refetch();
  };
  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Run"
        actions={
          <>
            <AsCommand commands={commandsOf(run.search, chosen, run.draft, run.fields)} />
            <button type="button" disabled={!isEnabled} onClick={count}>
              Dry run
            </button>
            <button type="button" disabled={!isEnabled} onClick={() => start("trial")}>
              Try five
            </button>
            <button type="button" data-kind="primary" disabled={!isEnabled} onClick={() => start("run")}>
              Run
            </button>
          </>
        }
      >
        {base?.path ?? chosen.map(({ source }) => source.name).join(", ")}
      </PlaceHeader>
      {failed !== null && <ErrorState error={failed} title="What can be run could not be found out." onRetry={retry} />}
      {failed === null && scanners.isPending && <Skeleton label="Looking for scanners" />}
      {failed === null && isEmpty && (
        <EmptyState title="This project has no scanners yet" command="scout init">
          A scanner is a function with @scanner in a Python file of the project. This writes a file with examples, and
          leaves the files that are there as they are.
        </EmptyState>
      )}
      {failed === null && !isEmpty && !scanners.isPending && <Panes run={run} />}
    </div>
  );
}

function Panes({ run }: { run: Run }) {
  return (
    <div className={styles.panes}>
      <SplitPane name="run-scanners" label="Scanners" side="start" width={272} pane={<ScannerList run={run} />}>
        <SplitPane
          name="run-before"
          label="What it would do"
          side="end"
          width={400}
          min={280}
          pane={<RunSide run={run} />}
        >
          <div className={styles.form}>
            {run.chosen.length === 0 && run.base === undefined && (
              <p className={styles.hint}>Choose scanners at the left, or a job. What they take is asked here.</p>
            )}
            {run.chosen.map((scanner) => (
              <Arguments key={scanner.id} scanner={scanner} run={run} />
            ))}
            <Selection run={run} />
            <Options run={run} />
          </div>
        </SplitPane>
      </SplitPane>
    </div>
  );
}

const KINDS: Readonly<Record<ScannerSourceItem["kind"], string>> = {
  llm: "asks a model",
  grep: "searches",
  custom: "code",
};

/** The scanners and jobs of the project, to choose from: several scanners, or one job. */
function ScannerList({ run: { search, change, ...run } }: { run: Run }) {
  const [sought, setSought] = useState("");
  const isSought = (...texts: string[]) => texts.join(" ").toLowerCase().includes(sought.toLowerCase());
  // A job is instead of scanners.
  const chosen = search.job === undefined ? (search.scanner ?? []) : [];
  const choose = (id: string, isWanted: boolean) => {
    const now = [...chosen.filter((each) => each !== id), ...(isWanted ? [id] : [])];
    change({ scanner: now.length === 0 ? undefined : now, job: undefined });
  };
  const files = (run.scanners.data?.items ?? [])
    .map(({ path, problem, scanners }) => ({
      path,
      problem,
      scanners: scanners.filter((scanner) => isSought(path, scanner.name, purposeOf(scanner))),
    }))
    .filter(({ path, problem, scanners }) => scanners.length > 0 || (problem !== null && isSought(path)));
  const jobs = run.jobs.filter((job) => isSought(job.path));
  return (
    <div className={styles.list}>
      <div className={styles.search}>
        <SearchField name="Find a scanner or job" value={sought} onChange={setSought} />
      </div>
      {files.map(({ path, problem, scanners }) => (
        <fieldset key={path} className={styles.file}>
          <legend className="mono">{path}</legend>
          {problem !== null && (
            <p className={styles.problem}>
              <Icon name="warning" size={12} /> {problem}
            </p>
          )}
          {scanners.map((scanner) => {
            const id = scannerId(path, scanner.name);
            const isChosen = chosen.includes(id);
            return (
              <label key={id} className={styles.line}>
                <input type="checkbox" checked={isChosen} onChange={() => choose(id, !isChosen)} />
                <Described name={scanner.name} kind={KINDS[scanner.kind]} purpose={purposeOf(scanner)} />
              </label>
            );
          })}
        </fieldset>
      ))}
      {jobs.length > 0 && (
        <fieldset className={styles.file}>
          <legend>Jobs</legend>
          {jobs.map((job) => (
            <label key={job.path} className={styles.line}>
              <input
                type="radio"
                name="job"
                checked={search.job === job.path}
                disabled={job.problem !== null}
                onChange={() => change({ job: job.path, scanner: undefined, arg: undefined })}
              />
              <Described name={job.path} kind="job" purpose={job.problem ?? scannersOf(job)} />
            </label>
          ))}
        </fieldset>
      )}
      {files.length === 0 && jobs.length === 0 && <p className={styles.none}>Nothing is called so.</p>}
    </div>
  );
}

function Described({ name, kind, purpose }: { name: string; kind: string; purpose: string }) {
  return (
    <>
      <span className={styles.name}>{name}</span>
      <span className={styles.kind}>{kind}</span>
      <span className={styles.purpose}>{purpose}</span>
    </>
  );
}

function scannersOf({ job: { scanners } }: JobItem): string {
  if (typeof scanners !== "object" || scanners === null) return "";
  if (!Array.isArray(scanners)) return Object.keys(scanners).join(", ");
  return scanners.map((each) => String((each as { name?: unknown }).name ?? "")).join(", ");
}
