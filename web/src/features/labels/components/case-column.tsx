import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, type Ref, useCallback, useMemo, useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { type Block, turnOf } from "../../../domain/turns.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Markdown } from "../../../ui/content/markdown.tsx";
import { Folded, Media, Output } from "../../../ui/content/output.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VirtualList, type VirtualListHandle } from "../../../ui/virtual-list.tsx";
import { idsOf, taskOf } from "../model/cases.ts";
import type { Entry } from "../model/queue.ts";
import { transcriptsOfIds, transcriptsOfTask } from "../model/transcripts.ts";
import styles from "./case-column.module.css";

const PAGE = 50;
const CHARACTERS = 4000;
const ROW_HEIGHT = 120;

/** The transcript that a case is about, as it is read to be labelled. */
export function CaseColumn({ entry, list }: { entry: Entry; list: Ref<VirtualListHandle> }) {
  const task = entry.transcript_id === null ? taskOf(entry.about) : null;
  const ofTask = useQuery({ ...transcriptsOfTask(task), enabled: task !== null });
  const id = entry.transcript_id ?? ofTask.data?.items[0]?.transcript_id;
  if (id !== undefined) return <Messages id={id} list={list} />;
  if (ofTask.error !== null) return <ErrorState error={ofTask.error} title="The transcript could not be found." />;
  if (ofTask.isLoading) return <Skeleton label="Looking for the transcript" />;
  return (
    <EmptyState title="No transcript of the project is meant by this case.">
      It is about {idsOf(entry.about).join(", ") || JSON.stringify(entry.about)}. It can be labelled all the same, or
      skipped with s.
    </EmptyState>
  );
}

/** A page of the messages of a transcript, from 0. */
function messagesQuery(id: string, page: number) {
  const start = page * PAGE + 1;
  const query = { start, stop: start + PAGE, characters: CHARACTERS };
  return { ...ask("/transcripts/{id}/messages", { path: { id }, query }), gcTime: 60_000 };
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
          const message = pages[Math.floor(index / PAGE) - first]?.data?.items[index % PAGE];
          if (message === undefined) return <div className={styles.absent} aria-busy="true" />;
          return <Message message={message} isOpen={isOpen} />;
        }}
      />
    </>
  );
}

/** Which transcript it is, but not its score, which would say what to find in it. */
function About({ id }: { id: string }) {
  const described = useQuery(transcriptsOfIds([id]));
  const { task_set, task_id, task_repeat, model } = described.data?.items[0]?.values ?? {};
  const facts = [task_set, task_id, task_repeat == null ? "" : `epoch ${task_repeat}`, model];
  return (
    <p className={styles.about}>
      {facts
        .filter((fact) => fact != null && fact !== "")
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

/** A message, as it is read to label a case: text is text, and what is long is folded. */
const Message = memo(function Message({ message, isOpen }: { message: MessageItem; isOpen: boolean }) {
  const { blocks } = useMemo(() => turnOf(message, () => undefined), [message]);
  return (
    <article
      className={styles.message}
      data-role={message.role}
      aria-label={`Message ${message.number}, ${message.who}`}
    >
      <span className={styles.number}>M{message.number}</span>
      <div className={styles.body}>
        <p className={styles.who}>
          <InertText text={message.who} />
          {message.error === true && <span className={styles.failed}>failed</span>}
        </p>
        {blocks.map((block) => (
          <BlockView key={block.part} block={block} role={message.role} isOpen={isOpen} />
        ))}
        {blocks.length === 0 && <p className={styles.who}>This message is empty.</p>}
      </div>
    </article>
  );
});

const LINES: Readonly<Record<string, number>> = { system: 4, tool: 12 };
const PROSE_LINES = 40;
const THOUGHT_LINES = 14;

function BlockView({ block, role, isOpen }: { block: Block; role: string; isOpen: boolean }) {
  if (block.kind === "media") return <Media kind={block.media.kind} format={block.media.format} href={null} />;
  if (block.kind === "error") {
    return (
      <p className={styles.failed}>
        <InertText text={block.text.trim()} />
      </p>
    );
  }
  if (block.kind === "call") {
    return (
      <div className={styles.call}>
        <b>
          <InertText text={block.call.function ?? "unknown tool"} />
        </b>
        {block.arguments.map((argument) => (
          <div key={`${argument.name}${argument.start}`}>
            <span className={styles.who}>
              <InertText text={argument.name} />
            </span>
            <Long text={argument.text} lines={LINES.tool ?? PROSE_LINES} isOpen={isOpen}>
              {(shown) => <Output text={shown} />}
            </Long>
          </div>
        ))}
      </div>
    );
  }
  const lines = block.kind === "thought" ? THOUGHT_LINES : (LINES[role] ?? PROSE_LINES);
  return (
    <div className={styles[block.kind]}>
      <Long text={block.text} lines={lines} isOpen={isOpen}>
        {(shown) => (role === "tool" ? <Output text={shown} /> : <Markdown text={shown} />)}
      </Long>
      {block.folded > 0 && (
        <p className={styles.who}>{block.folded.toLocaleString("en")} more characters: open the transcript</p>
      )}
    </div>
  );
}

interface LongProps {
  text: string;
  lines: number;
  isOpen: boolean;
  children: (shown: string) => ReactNode;
}

/** What is long is folded, unless all is opened. */
function Long({ isOpen, ...text }: LongProps) {
  const [own, setOpen] = useState<boolean | null>(null);
  const open = own ?? isOpen;
  return <Folded {...text} unloaded={0} open={open} onToggle={() => setOpen(!open)} />;
}
