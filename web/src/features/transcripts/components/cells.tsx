import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import { Chip } from "../../../ui/chip.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { formatField, textOf, transcriptName } from "../model/fields.ts";
import styles from "./cells.module.css";
import { TranscriptLink } from "./transcript-link.tsx";

/** Characters of a cell that can be seen at most. */
const MOST = 300;

/** What a transcript is called, whether it failed, and what ended it. */
export function TaskCell({ row }: { row: TranscriptRow }) {
  const [error, limit] = [textOf(row, "error"), textOf(row, "limit")];
  const task = textOf(row, "task_set");
  const name = transcriptName(row);
  return (
    <span className={styles.task}>
      {error !== "" && (
        <span className={styles.error} title={error} role="img" aria-label={`Error: ${error}`}>
          <Icon name="warning" size={14} />
        </span>
      )}
      <TranscriptLink id={row.transcript_id} title={name}>
        {task !== "" && name.startsWith(`${task} / `) ? (
          <>
            <span className={styles.set}>
              <InertText text={task} /> /{" "}
            </span>
            <InertText text={name.slice(task.length + 3)} />
          </>
        ) : (
          <InertText text={name} />
        )}
      </TranscriptLink>
      {limit !== "" && (
        <Chip tone="warn" title={`It was ended by the limit of ${limit}.`}>
          {limit} limit
        </Chip>
      )}
    </span>
  );
}

export function ScoreCell({ row }: { row: TranscriptRow }) {
  const { score, success } = row.values;
  if (score === undefined) return null;
  const text = formatField("score", score);
  if (text === "") return <span className="muted">-</span>;
  return (
    <Chip
      {...(success === true ? { tone: "good" as const } : success === false ? { tone: "error" as const } : {})}
      title={text}
    >
      {typeof success === "boolean" && <Icon name={success ? "check" : "close"} size={10} />}
      <InertText text={text} />
    </Chip>
  );
}

/** A value in one line. */
export function PlainCell({ row, name }: { row: TranscriptRow; name: string }) {
  // Of the list before, which was not asked for this column.
  if (row.values[name] === undefined) return null;
  const text = formatField(name, row.values[name]);
  const folded = row.folded?.[name];
  if (text === "") return <span className="muted">-</span>;
  const shown = text.length > MOST ? text.slice(0, MOST) : text;
  return (
    <span title={folded === undefined ? text : `${text} ... ${folded} more characters`}>
      <InertText text={shown.replace(/\s+/g, " ")} />
    </span>
  );
}
