import { useRouter } from "@tanstack/react-router";
import type { ComponentProps } from "react";
import { formatCount } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Chip, Icon } from "../../../ui/drawings.tsx";
import { formatField, textOf, transcriptName } from "../model/fields.ts";
import { transcriptHref } from "../model/leaving.ts";
import type { ListAddress, ListedRow } from "../model/list.ts";
import styles from "./cells.module.css";

/** A link to a transcript (`transcriptHref`); a click with Ctrl opens it beside, as any link. */
export function TranscriptLink({ href, children, ...shown }: ComponentProps<"a"> & { href: string }) {
  const { history } = useRouter();
  return (
    <a
      {...shown}
      href={history.createHref(href)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        history.push(href);
      }}
    >
      {children}
    </a>
  );
}

/** What a transcript is called, whether it failed, and what ended it. */
export function TaskCell({ row, list }: { row: ListedRow; list: ListAddress }) {
  const [error, limit, task] = [textOf(row, "error"), textOf(row, "limit"), textOf(row, "task_set")];
  const name = transcriptName(row);
  const isOfTask = task !== "" && name.startsWith(`${task} / `);
  return (
    <span className={styles.task}>
      {error !== "" && (
        <span className={styles.error} title={error} role="img" aria-label={`Error: ${error}`}>
          <Icon name="warning" size={14} />
        </span>
      )}
      <TranscriptLink href={transcriptHref(row.transcript_id, list)} title={name}>
        {isOfTask && (
          <span className={styles.set}>
            <InertText text={task} /> /{" "}
          </span>
        )}
        <InertText text={isOfTask ? name.slice(task.length + 3) : name} />
      </TranscriptLink>
      {limit !== "" && (
        <Chip tone="warn" title={`It was ended by the limit of ${limit}.`}>
          {limit} limit
        </Chip>
      )}
    </span>
  );
}

export function ScoreCell({ row }: { row: ListedRow }) {
  const { score, success } = row.values;
  if (score === undefined) return null;
  const text = formatField("score", score);
  if (text === "") return <span className="muted">-</span>;
  const isKnown = typeof success === "boolean";
  return (
    <Chip {...(isKnown && { tone: success ? "good" : "error" })} title={text}>
      {isKnown && <Icon name={success ? "check" : "close"} size={10} />}
      <InertText text={text} />
    </Chip>
  );
}

/** How many messages there are, and how that compares with the longest; roots, so that short ones can be told apart. */
export function LengthBar({ count, longest }: { count: unknown; longest: number }) {
  if (count === undefined) return null;
  if (typeof count !== "number") return <span className="muted">-</span>;
  const share = longest > 0 ? Math.sqrt(Math.min(1, count / longest)) : 0;
  return (
    <span className={styles.length}>
      <span className={styles.count}>{formatCount(count)}</span>
      <span className={styles.bar} style={{ width: `${Math.max(1, Math.round(share * 56))}px` }} />
    </span>
  );
}

/** Characters of a cell that can be seen at most. */
const MOST = 300;

/** A value in one line. */
export function PlainCell({ row, name }: { row: ListedRow; name: string }) {
  // Of the list before, which was not asked for this column.
  if (row.values[name] === undefined) return null;
  const text = formatField(name, row.values[name]);
  const folded = row.folded?.[name];
  if (text === "") return <span className="muted">-</span>;
  return (
    <span title={folded === undefined ? text : `${text} ... ${folded} more characters`}>
      <InertText text={text.slice(0, MOST).replace(/\s+/g, " ")} />
    </span>
  );
}
