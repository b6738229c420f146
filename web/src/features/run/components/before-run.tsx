import { useQuery } from "@tanstack/react-query";
import type { DryRunItem } from "../../../api/generated/types.gen.ts";
import { formatCost, formatCounted } from "../../../domain/format.ts";
import { Icon } from "../../../ui/icon.tsx";
import { dryRunQuery } from "../api/start-run.ts";
import styles from "./before-run.module.css";
import type { RunActions } from "./run-place.tsx";
import { StartedScan } from "./started-scan.tsx";
import { Trial } from "./trial.tsx";
import type { RunForm } from "./use-run-form.ts";

interface BeforeRunProps {
  form: RunForm;
  actions: RunActions;
}

/** What a scan would do, what it did with a few transcripts, and how it goes on. */
export function BeforeRun({ form, actions }: BeforeRunProps) {
  const { search } = form;
  const mistakes = Object.values(form.draft.mistakes).length;
  const refused = Object.values(actions.refusal?.fields ?? {}).length;
  return (
    <div className={styles.side}>
      {search.run !== undefined && (
        <section className={styles.part} aria-label="The scan that was started">
          <h2>Started</h2>
          <StartedScan scanId={search.run} />
        </section>
      )}
      <section className={styles.part} aria-label="What would be scanned" aria-busy={actions.busy === "count"}>
        <h2>Before it starts</h2>
        {mistakes > 0 && <Warning>{formatCounted(mistakes, "field")} cannot be used as it is.</Warning>}
        {refused > 0 && <Warning>Refused: see {formatCounted(refused, "field")} at the left.</Warning>}
        {actions.refusal !== undefined && actions.refusal.rest !== "" && <Warning>{actions.refusal.rest}</Warning>}
        <Counted form={form} isCounting={actions.busy === "count"} />
      </section>
      <section className={styles.part} aria-label="Tried on five transcripts">
        <h2>Tried on five transcripts</h2>
        {search.trial !== undefined && <Trial key={search.trial} scanId={search.trial} />}
        {search.trial === undefined && (
          <p className="muted">
            {actions.busy === "try"
              ? "Starting …"
              : "Try five shows results beside what they rest on, before all are scanned. It is kept as a scan of its own."}
          </p>
        )}
      </section>
    </div>
  );
}

function Warning({ children }: { children: React.ReactNode }) {
  return (
    <p className={styles.warning} role="alert">
      <Icon name="warning" size={14} /> <span>{children}</span>
    </p>
  );
}

function Counted({ form, isCounting }: { form: RunForm; isCounting: boolean }) {
  const { data } = useQuery({ ...dryRunQuery(form.draft.job), enabled: false });
  const shown = form.search.counted ? data : undefined;
  return (
    <dl className={styles.facts}>
      <dt>Transcripts</dt>
      <dd>{shown === undefined ? (isCounting ? "counting …" : "not counted yet") : shown.transcripts}</dd>
      {shown !== undefined && <Scans counted={shown} />}
      <dt>Price</dt>
      <dd>{shown?.cost == null ? "not known yet" : formatCost(shown.cost)}</dd>
      {shown?.problems.map((problem) => (
        <Problem key={problem} problem={problem} />
      ))}
    </dl>
  );
}

function Scans({ counted }: { counted: DryRunItem }) {
  return (
    <>
      {Object.entries(counted.scanners).map(([scanner, scans]) => (
        <div key={scanner}>
          <dt className="mono">{scanner}</dt>
          <dd>{formatCounted(scans, "transcript")}</dd>
        </div>
      ))}
    </>
  );
}

function Problem({ problem }: { problem: string }) {
  return (
    <div className={styles.problem}>
      <dt>
        <Icon name="warning" size={12} />
      </dt>
      <dd>{problem}</dd>
    </div>
  );
}
