import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { optionsQuery } from "../../../api/options.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { scannersQuery } from "../api/run-queries.ts";
import { dryRunQuery, startRun } from "../api/start-run.ts";
import { type Refusal, readRefusal } from "../model/refusals.ts";
import { argName } from "../model/run-form.ts";
import { BeforeRun } from "./before-run.tsx";
import { Arguments, Options, Selection } from "./run-fields.tsx";
import styles from "./run-place.module.css";
import { ScannerList } from "./scanner-list.tsx";
import { type RunForm, useRunForm } from "./use-run-form.ts";

/** Transcripts that are tried before the whole is run. */
const TRIED = 5;

export function RunPlace() {
  const scanners = useQuery(scannersQuery);
  const options = useQuery(optionsQuery);
  const form = useRunForm();
  const actions = useRunActions(form);
  useKeys("Run", [
    { keys: "d", label: "Dry run: count what would be scanned", run: actions.count },
    { keys: "t", label: "Try five transcripts", run: actions.tryFive },
    { keys: "Mod+Enter", label: "Run the scan", run: actions.run },
  ]);
  const failed = scanners.error ?? options.error;
  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Run"
        actions={
          <>
            {form.commands.length > 0 && <AsCommand commands={form.commands} />}
            <button type="button" disabled={!actions.isEnabled} onClick={actions.count}>
              Dry run
            </button>
            <button type="button" disabled={!actions.isEnabled} onClick={actions.tryFive}>
              Try five
            </button>
            <button type="button" data-kind="primary" disabled={!actions.isEnabled} onClick={actions.run}>
              Run
            </button>
          </>
        }
      >
        {saidOf(form)}
      </PlaceHeader>
      {failed !== null && (
        <ErrorState
          error={failed}
          title="What can be run could not be found out."
          onRetry={() => {
            void scanners.refetch();
            void options.refetch();
          }}
        />
      )}
      {failed === null && scanners.isPending && <Skeleton label="Looking for scanners" />}
      {failed === null && scanners.data?.total === 0 && form.jobs.length === 0 && (
        <EmptyState title="This project has no scanners yet" command="scout init">
          A scanner is a function with @scanner in a Python file of the project. This writes a file with examples, and
          leaves the files that are there as they are.
        </EmptyState>
      )}
      {failed === null && (form.files.length > 0 || form.jobs.length > 0) && <Panes form={form} actions={actions} />}
    </div>
  );
}

function Panes({ form, actions }: { form: RunForm; actions: RunActions }) {
  const errors = { ...actions.refusal?.fields, ...form.draft.mistakes };
  const isEmpty = form.chosen.length === 0 && form.base === undefined;
  return (
    <div className={styles.panes}>
      <SplitPane name="run-scanners" label="Scanners" side="start" width={272} pane={<ScannerList form={form} />}>
        <SplitPane
          name="run-before"
          label="What it would do"
          side="end"
          width={400}
          min={280}
          pane={<BeforeRun form={form} actions={actions} />}
        >
          <div className={styles.form}>
            {isEmpty && (
              <p className={styles.hint}>Choose scanners at the left, or a job. What they take is asked here.</p>
            )}
            {form.chosen.map((scanner) => (
              <Arguments key={scanner.id} scanner={scanner} form={form} errors={errors} />
            ))}
            <Selection form={form} errors={errors} />
            <Options form={form} errors={errors} />
          </div>
        </SplitPane>
      </SplitPane>
    </div>
  );
}

/** A job, and what tells whether it is still the one of the form. */
interface Asked {
  job: Readonly<Record<string, unknown>>;
  key: string;
}

export interface RunActions {
  isEnabled: boolean;
  /** What is under way. */
  busy: "count" | "try" | "run" | null;
  refusal: Refusal | undefined;
  count: () => void;
  tryFive: () => void;
  run: () => void;
}

/** What can be done with the job that the form describes. A refusal holds for that job only, and is gone with the next change. */
function useRunActions(form: RunForm): RunActions {
  const { job } = form.draft;
  const key = JSON.stringify(job);
  const counted = useQuery({ ...dryRunQuery(job), enabled: form.search.counted === true && form.isReady });
  const trying = useMutation({
    mutationFn: (asked: Asked) => startRun({ ...asked.job, limit: Math.min(TRIED, limitOf(asked.job)) }),
    onSuccess: (run) => form.note({ trial: run.scan_id ?? undefined }),
  });
  const running = useMutation({
    mutationFn: (asked: Asked) => startRun(asked.job),
    onSuccess: (run) => form.note({ run: run.scan_id ?? undefined }),
  });
  const refused = [trying, running].find((tried) => tried.error !== null && tried.variables?.key === key);
  const error = counted.error ?? refused?.error;
  const refusal = useMemo(
    () => (error ? readRefusal(error.message, namesOf(form), form.chosen) : undefined),
    [error, form],
  );
  const busy = trying.isPending ? "try" : running.isPending ? "run" : counted.isFetching ? "count" : null;
  const isEnabled = form.isReady && busy === null;
  const when = (run: () => void) => () => {
    if (!isEnabled) return;
    trying.reset();
    running.reset();
    run();
  };
  return {
    isEnabled,
    busy,
    refusal,
    count: when(() => {
      if (form.search.counted) void counted.refetch();
      form.note({ counted: true });
    }),
    tryFive: when(() => trying.mutate({ job, key })),
    run: when(() => running.mutate({ job, key })),
  };
}

function limitOf({ limit }: Readonly<Record<string, unknown>>): number {
  return typeof limit === "number" ? limit : TRIED;
}

/** Fields that are on the screen. */
function namesOf(form: RunForm): ReadonlySet<string> {
  return new Set([
    "where",
    "location",
    ...form.fields.map(({ name }) => name),
    ...form.chosen.flatMap(({ id, fields }) => fields.map(({ name }) => argName(id, name))),
  ]);
}

function saidOf({ chosen, base }: RunForm): string {
  if (base !== undefined) return base.path;
  return chosen.map(({ source }) => source.name).join(", ");
}
