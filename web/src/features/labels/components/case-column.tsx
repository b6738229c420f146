import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Ref, useCallback, useState } from "react";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VirtualList, type VirtualListHandle } from "../../../ui/virtual-list.tsx";
import { messagesQuery, PAGE, transcriptOfTaskQuery, transcriptsOfIdsQuery } from "../api/transcripts.ts";
import { idsOf, taskOf } from "../model/cases.ts";
import type { Entry } from "../model/queue.ts";
import styles from "./case-column.module.css";
import { MessageBlocks } from "./message-blocks.tsx";

const ROW_HEIGHT = 120;

interface CaseColumnProps {
  entry: Entry;
  list: Ref<VirtualListHandle>;
}

/** The transcript that a case is about, as it is read to be labelled. */
export function CaseColumn({ entry, list }: CaseColumnProps) {
  const task = entry.transcript === null ? taskOf(entry.about) : null;
  const ofTask = useQuery({
    ...transcriptOfTaskQuery(task?.task ?? "", task?.epoch),
    enabled: task !== null,
  });
  const id = entry.transcript ?? ofTask.data?.[0]?.id;
  if (ofTask.error !== null) return <ErrorState error={ofTask.error} title="The transcript could not be found." />;
  if (id === undefined && ofTask.isLoading) return <Skeleton label="Looking for the transcript" />;
  if (id === undefined) return <Unknown entry={entry} />;
  return <Messages id={id} list={list} />;
}

function Unknown({ entry }: { entry: Entry }) {
  return (
    <EmptyState title="No transcript of the project is meant by this case.">
      It is about {idsOf(entry.about).join(", ") || JSON.stringify(entry.about)}. It can be labelled all the same, or
      skipped with s.
    </EmptyState>
  );
}

function Messages({ id, list }: { id: string; list: Ref<VirtualListHandle> }) {
  const [isOpen, setOpen] = useState(false);
  useKeys("Queue", [{ keys: "o", label: "Open all that is folded, or fold it", run: () => setOpen(!isOpen) }]);
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const first = Math.floor(range[0] / PAGE);
  const last = Math.floor(range[1] / PAGE);
  const pages = useQueries({
    queries: Array.from({ length: last - first + 1 }, (_, at) => messagesQuery(id, first + at)),
  });
  const total = useQuery({ ...messagesQuery(id, 0), select: (page) => page.total ?? page.stop - 1 }).data;
  const onRange = useCallback((from: number, to: number) => setRange([from, to]), []);
  const failed = pages.find((page) => page.error !== null);
  if (failed?.error != null) {
    return <ErrorState error={failed.error} title="The transcript could not be read." onRetry={failed.refetch} />;
  }
  if (total === undefined) return <Skeleton label="Loading the transcript" />;
  const at = (index: number) => pages[Math.floor(index / PAGE) - first]?.data?.items[index % PAGE];
  return (
    <>
      <About id={id} />
      <VirtualList
        label="Transcript"
        ref={list}
        count={total}
        estimate={ROW_HEIGHT}
        onRange={onRange}
        item={(index) => {
          const message = at(index);
          return message === undefined ? (
            <div className={styles.absent} aria-busy="true" />
          ) : (
            <MessageBlocks message={message} isOpen={isOpen} />
          );
        }}
      />
    </>
  );
}

/** Which transcript it is, but not its score, which would say what to find in it. */
function About({ id }: { id: string }) {
  const described = useQuery(transcriptsOfIdsQuery([id]));
  const values = described.data?.[0]?.values ?? {};
  const facts = [values.task_set, values.task_id, epochWords(values.task_repeat), values.model];
  return (
    <p className={styles.about}>
      {facts
        .filter((fact) => fact !== null && fact !== undefined && fact !== "")
        .map((fact) => (
          <span key={String(fact)}>
            <InertText text={formatValue(fact)} />
          </span>
        ))}
      <Link to="/transcripts/$id" params={{ id }}>
        Open the transcript
      </Link>
    </p>
  );
}

function epochWords(epoch: unknown): string {
  return epoch === null || epoch === undefined ? "" : `epoch ${epoch}`;
}
