import { useRef, useState } from "react";
import type { JsonValue } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Progress } from "../../../ui/progress.tsx";
import { aboutWords, labelOf, labelWords, textOf } from "../model/cases.ts";
import type { Entry } from "../model/queue.ts";
import styles from "./case-panel.module.css";
import { IntervalProgress } from "./interval-progress.tsx";
import { LabelButtons } from "./label-buttons.tsx";
import type { QueueProps } from "./queue.tsx";
import { SetupButton } from "./setup-button.tsx";
import { VerdictNote } from "./verdict-note.tsx";

interface CasePanelProps extends QueueProps {
  entries: readonly Entry[];
  entry: Entry;
  place: number;
  choices: readonly string[];
  /** What was labelled before this. */
  last: { entry: Entry; label: JsonValue } | undefined;
  say: (label: JsonValue, comment: string) => void;
  undo: () => void;
  /** Go to another case. */
  see: (key: string) => void;
  /** Take the label away. */
  take: () => void;
  /** Keep a comment on a case that has a label. */
  keep: (comment: string) => void;
  onCite: (message: number) => void;
}

/** What is asked of one case, and what can be said of it. */
export function CasePanel(props: CasePanelProps) {
  const { entries, entry, place, question, target, scan, choices, take, onCite } = props;
  const labelled = entries.filter((each) => each.isLabelled).length;
  const label = labelOf(entry.found?.fields);
  const comment = useComment(props);
  const say = (value: JsonValue) => props.say(value, comment.text.trim());
  useKeys("Label", [
    { keys: "c", label: "Comment on the case", run: comment.focus },
    ...(entry.isLabelled ? [{ keys: "Backspace", label: "Take the label away", run: take }] : []),
  ]);
  return (
    <section className={styles.panel} aria-label="Label">
      <header className={styles.head}>
        <p>
          Case {place + 1} of {entries.length} · {formatCounted(labelled, "label")} · <SetupButton />
        </p>
        <Progress label="Cases that are labelled" done={labelled} total={entries.length} />
        {scan !== null && <IntervalProgress file={target.file} scan={scan} labelled={labelled} />}
      </header>
      <div className={styles.part}>
        <h2>
          <InertText text={aboutWords(entry.about)} />
        </h2>
        <p className={styles.question}>
          {question === null ? <Unasked scanner={scan?.scanner} /> : <InertText text={question} />}
        </p>
        <LabelButtons choices={choices} label={label} say={say} />
        {entry.isLabelled && (
          <p className={styles.said}>
            You said <b>{labelWords(label)}</b>.{" "}
            <button type="button" data-kind="link" onClick={take}>
              Take it away
            </button>
          </p>
        )}
      </div>
      <div className={styles.part}>
        <label className={styles.comment}>
          <span>
            Comment <kbd>c</kbd>
          </span>
          <textarea {...comment.field} rows={2} />
        </label>
      </div>
      {scan !== null && entry.result !== null && (
        <VerdictNote scan={scan} result={entry.result} isLabelled={entry.isLabelled} onCite={onCite} />
      )}
      <LastLabel last={props.last} undo={props.undo} see={props.see} />
      <p className={styles.keys}>
        <kbd>s</kbd> skip <kbd>u</kbd> undo <kbd>j</kbd> <kbd>k</kbd> message <kbd>o</kbd> open <kbd>←</kbd>{" "}
        <kbd>→</kbd> case <kbd>?</kbd> keys
      </p>
    </section>
  );
}

function Unasked({ scanner }: { scanner: string | undefined }) {
  if (scanner === undefined) return "What should a scanner find here?";
  return (
    <>
      What should <b>{scanner}</b> find here?
    </>
  );
}

/** The comment goes into the file with the label; that of a case that has one when its field is left. */
function useComment({ entry, keep }: CasePanelProps) {
  const kept = textOf(entry.found?.fields.comment);
  const [typed, setTyped] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = typed ?? kept;
  return {
    text,
    focus: () => field.current?.focus(),
    field: {
      ref: field,
      value: text,
      onChange: (event: React.ChangeEvent<HTMLTextAreaElement>) => setTyped(event.target.value),
      onBlur: () => {
        if (entry.isLabelled && text.trim() !== kept) keep(text.trim());
      },
      onKeyDown: (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
        const leaves = event.key === "Escape" || (event.key === "Enter" && !event.shiftKey);
        if (!leaves) return;
        event.preventDefault();
        event.currentTarget.blur();
      },
    },
  };
}

function LastLabel({ last, undo, see }: Pick<CasePanelProps, "last" | "undo" | "see">) {
  if (last === undefined) return null;
  return (
    <p className={styles.last} role="status">
      Before: <InertText text={aboutWords(last.entry.about)} /> <b>{labelWords(last.label)}</b>{" "}
      <button type="button" data-kind="link" onClick={undo}>
        Undo
      </button>{" "}
      <button type="button" data-kind="link" onClick={() => see(last.entry.key)}>
        Go back to it
      </button>
    </p>
  );
}
