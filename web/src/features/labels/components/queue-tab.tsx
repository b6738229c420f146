import { useQuery } from "@tanstack/react-query";
import { startTransition, useOptimistic, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { encodeUrl } from "../../../api/case-key.ts";
import type { JsonValue } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard.ts";
import { SplitPane } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import type { VirtualListHandle } from "../../../ui/virtual-list.tsx";
import { route, useChangeAddress } from "../model/address.ts";
import { type Case, type Fields, raterFile } from "../model/cases.ts";
import {
  type Asked,
  askedOfCases,
  type ChosenScan,
  choicesOf,
  DEFAULTS,
  type Entry,
  entriesOf,
  nextOpen,
  type Sample,
} from "../model/queue.ts";
import { casesQuery, type Labels, useLabels } from "../model/use-labels.ts";
import { AgreementSummary, RatersPanel } from "./agreement-report.tsx";
import { CaseColumn } from "./case-column.tsx";
import { CasePanel, IntervalProgress, SetupButton } from "./case-panel.tsx";
import { RefusedLabel } from "./case-parts.tsx";
import { QueueSetup } from "./queue-setup.tsx";
import styles from "./queue-tab.module.css";

export interface QueueTabProps {
  file: string;
  name: string;
  /** Which scanner the set is for, if that is known. */
  scanner: string | undefined;
}

/** Label cases one at a time: those of a scan, or, as a second rater, those of the set. */
export function QueueTab({ file, name, scanner: ofSet }: QueueTabProps) {
  const { source, rater, scan, scanner, ...search } = route.useSearch();
  // A second rater writes beside the set, so that neither sees what the other says.
  const written = rater === undefined ? name : raterFile(name, rater);
  const target = { file: rater === undefined ? file : encodeUrl(written), name: written };
  const { size = DEFAULTS.size, by = DEFAULTS.by, seed = DEFAULTS.seed } = search;
  if (source === "set") return <SetQueue main={file} target={target} seed={seed} />;
  if (source !== "scan" || scan === undefined || scanner === undefined) {
    return <QueueSetup file={file} name={name} scanner={ofSet} />;
  }
  return <ScanQueue scan={{ scan, scanner }} sample={{ size, by, seed }} main={file} target={target} />;
}

export interface QueueProps {
  asked: readonly Asked[];
  /** The set that the queue belongs to. */
  main: string;
  /** The file that is written. */
  target: { file: string; name: string };
  /** Where the results come from; null: the cases of the set. */
  scan: ChosenScan | null;
  question: string | null;
  classes: readonly string[];
}

function ScanQueue({ sample, ...of }: Pick<QueueProps, "main" | "target"> & { scan: ChosenScan; sample: Sample }) {
  const path = { scan_id: of.scan.scan, scanner: of.scan.scanner };
  // What comes to be labelled is a matter of the scan: no label changes it.
  const queue = useQuery(ask("/scans/{scan_id}/{scanner}/queue", { path, query: sample }));
  if (queue.error !== null) {
    return (
      <>
        <ErrorState error={queue.error} title="The results could not be chosen." onRetry={queue.refetch} />
        <p className={styles.again}>
          <SetupButton />
        </p>
      </>
    );
  }
  if (queue.data === undefined) return <Skeleton label="Choosing results" />;
  const { items, question, classes } = queue.data;
  return <Queue {...of} asked={items} question={question} classes={classes} />;
}

function SetQueue({ seed, ...of }: Pick<QueueProps, "main" | "target"> & { seed: number }) {
  const cases = useQuery(casesQuery(of.main));
  if (cases.error !== null) {
    return <ErrorState error={cases.error} title="The cases could not be read." onRetry={cases.refetch} />;
  }
  if (cases.data === undefined) return <Skeleton label="Loading the cases" />;
  const asked = askedOfCases(cases.data.items, seed);
  return <Queue {...of} asked={asked} scan={null} question={null} classes={[]} />;
}

/** One case at a time, by keys; what is said is written at once. */
function Queue(props: QueueProps) {
  const labels = useLabels(props.target.file, props.target.name);
  if (labels.cases === undefined && labels.error !== null) {
    return <ErrorState error={labels.error} title="The labels could not be read." onRetry={labels.retry} />;
  }
  if (labels.cases === undefined) return <Skeleton label="Loading the labels" />;
  if (props.asked.length === 0) {
    return (
      <EmptyState title="There is nothing to label.">The scanner gave no results that a label can be about.</EmptyState>
    );
  }
  return <OpenQueue {...props} labels={labels} cases={labels.cases} />;
}

function OpenQueue(props: QueueProps & { labels: Labels; cases: readonly Case[] }) {
  const { asked, labels, cases, classes } = props;
  const entries = entriesOf(asked, cases);
  const [place, see] = usePlace(entries);
  const entry = entries[place];
  const list = useRef<VirtualListHandle>(null);
  const [history, setHistory] = useState<readonly { entry: Entry; label: JsonValue }[]>([]);
  const go = (to: number) => see(entries[to]?.key);
  const say = (label: JsonValue, comment: string) => {
    if (entry === undefined) return;
    const { target: _, labels: __, ...rest } = fieldsOf(entry);
    write(labels, entry, { ...rest, target: label, ...(comment === "" ? {} : { comment }) });
    setHistory([...history, { entry, label }]);
    go(nextOpen(entries, place));
  };
  const undo = () => {
    const last = history.at(-1);
    if (last === undefined) return;
    const now = entries.find((each) => each.key === last.entry.key);
    if (now !== undefined) write(labels, now, last.entry.found?.fields ?? null);
    setHistory(history.slice(0, -1));
    see(last.entry.key);
  };
  const step = (by: number) => go(Math.max(0, Math.min(entries.length - 1, (place < 0 ? entries.length : place) + by)));
  const read = (by: number) => {
    const first = list.current?.first();
    if (first !== undefined) list.current?.scrollTo(Math.max(0, first + by), "start");
  };
  useKeys("Queue", [
    { keys: "s", label: "Skip the case", run: () => go(nextOpen(entries, place)) },
    { keys: ["u", "Mod+z"], label: "Undo the last label", run: undo },
    { keys: "ArrowRight", label: "Next case", run: () => step(1), keysOnly: true },
    { keys: "ArrowLeft", label: "Case before", run: () => step(-1), keysOnly: true },
    { keys: "j", label: "Next message", run: () => read(1), keysOnly: true },
    { keys: "k", label: "Message before", run: () => read(-1), keysOnly: true },
  ]);
  const refused = labels.refused !== null && <RefusedLabel {...labels} refused={labels.refused} />;
  if (entry === undefined) {
    return (
      <>
        {refused}
        <QueueDone {...props} undo={history.length > 0 ? undo : undefined} review={() => go(0)} />
      </>
    );
  }
  return (
    <div className={styles.queue}>
      {refused}
      <SplitPane
        name="scout-label-pane"
        label="the label"
        side="end"
        width={360}
        min={280}
        max={600}
        pane={
          <CasePanel
            key={entry.key}
            {...props}
            entries={entries}
            entry={entry}
            place={place}
            choices={choicesOf(classes, cases)}
            isWriting={labels.isWriting}
            last={history.at(-1)}
            see={see}
            say={say}
            undo={undo}
            take={() => write(labels, entry, null)}
            keep={(comment) => {
              const { comment: _, ...rest } = fieldsOf(entry);
              write(labels, entry, comment === "" ? rest : { ...rest, comment });
            }}
            onCite={(number) => list.current?.scrollTo(number - 1, "start")}
          />
        }
      >
        <CaseColumn key={entry.key} entry={entry} list={list} />
      </SplitPane>
    </div>
  );
}

/**
 * Which case is shown: the one that the address names, else the first without a label; -1: all are labelled.
 *
 * The router writes the address a moment later. The next case is shown at once, so that whoever labels by keys does not
 * say of a case what he means of the next one.
 */
function usePlace(entries: readonly Entry[]): [number, (key: string | undefined) => void] {
  const change = useChangeAddress();
  const [shown, show] = useOptimistic(route.useSearch().case);
  const see = (key: string | undefined) =>
    startTransition(async () => {
      show(key);
      await change({ case: key });
    });
  const named = entries.findIndex((entry) => entry.key === shown);
  return [named >= 0 ? named : nextOpen(entries, -1), see];
}

function fieldsOf(entry: Entry): Fields {
  return entry.found?.fields ?? entry.about;
}

function write(labels: Labels, entry: Entry, fields: Fields | null): void {
  labels.write({ key: entry.found?.key ?? entry.key, fields, before: entry.found?.fields });
}

type QueueDoneProps = QueueProps & { labels: Labels; undo: (() => void) | undefined; review: () => void };

/** All of the queue are labelled: now the agreement may be seen. */
function QueueDone({ asked, labels, main, target, scan, undo, review }: QueueDoneProps) {
  const { rater } = route.useSearch();
  const change = useChangeAddress();
  const open = () => change({ tab: "agreement", other: rater === undefined ? undefined : target.file }, true);
  const more = () => change({ source: undefined }, true);
  useKeys("Queue", [
    { keys: "a", label: "Agreement", run: open },
    { keys: "m", label: "Label more", run: more },
  ]);
  return (
    <section className={styles.done} aria-label="The queue is done">
      <h2>{formatCounted(asked.length, "case")} labelled</h2>
      {/* What is compared is the file: the last label must be in it. */}
      {labels.isWriting && <Skeleton lines={4} label="Writing the labels" />}
      {!labels.isWriting && scan !== null && (
        <>
          <AgreementSummary file={target.file} scan={scan} />
          <IntervalProgress file={target.file} scan={scan} labelled={asked.length} isWriting={false} />
        </>
      )}
      {!labels.isWriting && rater !== undefined && (
        <RatersPanel file={main} other={target.file} names={["the first", rater]} />
      )}
      <div className={styles.actions}>
        <button type="button" data-kind="primary" onClick={open}>
          Agreement <kbd>a</kbd>
        </button>
        <button type="button" onClick={more}>
          Label more <kbd>m</kbd>
        </button>
        <button type="button" onClick={review}>
          Read them again
        </button>
        {undo !== undefined && (
          <button type="button" onClick={undo}>
            Undo the last <kbd>u</kbd>
          </button>
        )}
      </div>
    </section>
  );
}
