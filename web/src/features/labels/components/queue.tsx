import { useRef, useState } from "react";
import type { JsonValue } from "../../../api/generated/types.gen.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import type { VirtualListHandle } from "../../../ui/virtual-list.tsx";
import type { QueueAsked } from "../api/scans.ts";
import { route, useChangeAddress } from "../model/address.ts";
import type { Case, Fields } from "../model/cases.ts";
import { type Asked, choicesOf, type Entry, entriesOf, nextOpen } from "../model/queue.ts";
import { type Labels, useLabels } from "../model/use-labels.ts";
import { CaseColumn } from "./case-column.tsx";
import { CasePanel } from "./case-panel.tsx";
import styles from "./queue.module.css";
import { QueueDone } from "./queue-done.tsx";
import { RefusedLabel } from "./refused-label.tsx";

export interface QueueProps {
  asked: readonly Asked[];
  /** The set that the queue belongs to. */
  main: string;
  /** The file that is written. */
  target: { file: string; name: string };
  /** Where the results come from; null: the cases of the set. */
  scan: QueueAsked | null;
  question: string | null;
  classes: readonly string[];
}

/** One case at a time, by keys; what is said is written at once. */
export function Queue(props: QueueProps) {
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

interface Done {
  entry: Entry;
  label: JsonValue;
}

function OpenQueue(props: QueueProps & { labels: Labels; cases: readonly Case[] }) {
  const { asked, labels, cases, classes } = props;
  const { case: shown } = route.useSearch();
  const change = useChangeAddress();
  const entries = entriesOf(asked, cases);
  const place = placeOf(entries, shown);
  const entry = entries[place];
  const list = useRef<VirtualListHandle>(null);
  const [history, setHistory] = useState<readonly Done[]>([]);
  const go = (to: number) => change({ case: entries[to]?.key });
  const say = (label: JsonValue, comment: string) => {
    if (entry === undefined) return;
    write(labels, entry, { ...withoutLabel(entry), target: label, ...(comment === "" ? {} : { comment }) });
    setHistory([...history, { entry, label }]);
    go(nextOpen(entries, place));
  };
  const undo = () => {
    const last = history.at(-1);
    if (last === undefined) return;
    const now = entries.find((each) => each.key === last.entry.key);
    if (now !== undefined) write(labels, now, last.entry.found?.fields ?? null);
    setHistory(history.slice(0, -1));
    change({ case: last.entry.key });
  };
  const step = (by: number) => go(Math.max(0, Math.min(entries.length - 1, (place < 0 ? entries.length : place) + by)));
  useQueueKeys({ list, undo, step, skip: () => go(nextOpen(entries, place)) });
  const refused = labels.refused !== null && <RefusedLabel labels={labels} />;
  if (entry === undefined) {
    return (
      <>
        {refused}
        <QueueDone {...props} entries={entries} undo={history.length > 0 ? undo : undefined} review={() => go(0)} />
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
            last={history.at(-1)}
            see={(key) => change({ case: key })}
            say={say}
            undo={undo}
            take={() => write(labels, entry, null)}
            keep={(comment) => write(labels, entry, withComment(entry, comment))}
            onCite={(number) => list.current?.scrollTo(number - 1, "start")}
          />
        }
      >
        <CaseColumn key={entry.key} entry={entry} list={list} />
      </SplitPane>
    </div>
  );
}

/** The case that the address names, else the first without a label; -1: all are labelled. */
function placeOf(entries: readonly Entry[], shown: string | undefined): number {
  const named = entries.findIndex((entry) => entry.key === shown);
  return named >= 0 ? named : nextOpen(entries, -1);
}

function write(labels: Labels, entry: Entry, fields: Fields | null): void {
  const key = entry.found?.key ?? entry.key;
  labels.write({ key, fields, before: entry.found?.fields });
}

function withoutLabel(entry: Entry): Fields {
  const { target: _, labels: __, ...rest } = entry.found?.fields ?? entry.about;
  return rest;
}

function withComment(entry: Entry, comment: string): Fields {
  const { comment: _, ...rest } = entry.found?.fields ?? entry.about;
  return comment === "" ? rest : { ...rest, comment };
}

interface QueueKeys {
  list: React.RefObject<VirtualListHandle | null>;
  undo: () => void;
  step: (by: number) => void;
  skip: () => void;
}

function useQueueKeys({ list, undo, step, skip }: QueueKeys): void {
  const read = (by: number) => {
    const first = list.current?.first();
    if (first !== undefined) list.current?.scrollTo(Math.max(0, first + by), "start");
  };
  useKeys("Queue", [
    { keys: "s", label: "Skip the case", run: skip },
    { keys: ["u", "Mod+z"], label: "Undo the last label", run: undo },
    { keys: "ArrowRight", label: "Next case", run: () => step(1), keysOnly: true },
    { keys: "ArrowLeft", label: "Case before", run: () => step(-1), keysOnly: true },
    { keys: "j", label: "Next message", run: () => read(1), keysOnly: true },
    { keys: "k", label: "Message before", run: () => read(-1), keysOnly: true },
  ]);
}
