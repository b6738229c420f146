import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { JsonValue } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Progress } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { route, useChangeAddress } from "../model/address.ts";
import { agreementQuery, rateOf } from "../model/agreement.ts";
import { aboutWords, labelOf, labelWords, parseLabel, textOf } from "../model/cases.ts";
import { type ChosenScan, DEFAULTS, type Entry, intervalWidth, labelsFor } from "../model/queue.ts";
import styles from "./case-panel.module.css";
import { VerdictNote } from "./case-parts.tsx";
import type { QueueProps } from "./queue-tab.tsx";

interface CasePanelProps extends QueueProps {
  entries: readonly Entry[];
  entry: Entry;
  place: number;
  choices: readonly string[];
  isWriting: boolean;
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
  const { entries, entry, place, question, target, scan, choices, last, say, take, undo, see, onCite } = props;
  const labelled = entries.filter((each) => each.isLabelled).length;
  const label = labelOf(entry.found?.fields);
  // The comment goes into the file with the label; that of a case that has one when its field is left.
  const kept = textOf(entry.found?.fields.comment);
  const [typed, setTyped] = useState<string | null>(null);
  const comment = typed ?? kept;
  const field = useRef<HTMLTextAreaElement>(null);
  useKeys("Label", [
    { keys: "c", label: "Comment on the case", run: () => field.current?.focus() },
    ...(entry.isLabelled ? [{ keys: "Backspace", label: "Take the label away", run: take }] : []),
  ]);
  return (
    <section className={styles.panel} aria-label="Label">
      <header className={styles.head}>
        <p>
          Case {place + 1} of {entries.length} · {formatCounted(labelled, "label")} · <SetupButton />
        </p>
        <Progress label="Cases that are labelled" done={labelled} total={entries.length} />
        {scan !== null && (
          <IntervalProgress file={target.file} scan={scan} labelled={labelled} isWriting={props.isWriting} />
        )}
      </header>
      <div className={styles.part}>
        <h2>
          <InertText text={aboutWords(entry.about)} />
        </h2>
        <p className={styles.question}>
          {question !== null && <InertText text={question} />}
          {question === null && <>What should {scan === null ? "a scanner" : <b>{scan.scanner}</b>} find here?</>}
        </p>
        <LabelButtons choices={choices} label={label} say={(value) => say(value, comment.trim())} />
        {entry.isLabelled && (
          <p className={styles.said}>
            You said <b>{labelWords(label)}</b>.{" "}
            <button type="button" data-kind="link" onClick={take}>
              Take it away
            </button>
          </p>
        )}
      </div>
      <label className={`${styles.part} ${styles.comment}`}>
        <span>
          Comment <kbd>c</kbd>
        </span>
        <textarea
          ref={field}
          rows={2}
          value={comment}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => entry.isLabelled && comment.trim() !== kept && props.keep(comment.trim())}
          onKeyDown={(event) => {
            if (event.key !== "Escape" && (event.key !== "Enter" || event.shiftKey)) return;
            event.preventDefault();
            event.currentTarget.blur();
          }}
        />
      </label>
      {scan !== null && entry.uuid !== null && (
        <VerdictNote scan={scan} result={entry.uuid} isLabelled={entry.isLabelled} onCite={onCite} />
      )}
      {last !== undefined && (
        <p className={styles.last} role="status">
          Before: <InertText text={aboutWords(last.entry.about)} /> <b>{labelWords(last.label)}</b>{" "}
          <button type="button" data-kind="link" onClick={undo}>
            Undo
          </button>{" "}
          <button type="button" data-kind="link" onClick={() => see(last.entry.key)}>
            Go back to it
          </button>
        </p>
      )}
      <p className={styles.keys}>
        <kbd>s</kbd> skip <kbd>u</kbd> undo <kbd>j</kbd> <kbd>k</kbd> message <kbd>o</kbd> open <kbd>←</kbd>{" "}
        <kbd>→</kbd> case <kbd>?</kbd> keys
      </p>
    </section>
  );
}

/** Back to what comes to be labelled. */
export function SetupButton() {
  const change = useChangeAddress();
  return (
    <button type="button" data-kind="link" onClick={() => change({ source: undefined, case: undefined }, true)}>
      Another queue
    </button>
  );
}

interface IntervalProps {
  file: string;
  scan: ChosenScan;
  labelled: number;
  /** What the file does not say yet cannot be compared. */
  isWriting: boolean;
}

/**
 * How wide the interval of the agreement is, and how many labels it takes to where it is wanted.
 *
 * The width says nothing of where the interval is, so that whoever labels does not learn how he agrees with the scanner.
 */
export function IntervalProgress({ file, scan, labelled, isWriting }: IntervalProps) {
  const { width = DEFAULTS.width } = route.useSearch();
  const agreement = useQuery({ ...agreementQuery(file, scan), enabled: labelled > 0 && !isWriting });
  const row = agreement.data?.rows[0];
  const rate = row === undefined ? null : rateOf(row, "match_rate");
  const compared = row?.compared ?? labelled;
  const [share, low, high] = rate ?? [0.5, 0, intervalWidth(compared, 0.5)];
  const now = Math.round(100 * (high - low));
  const left = labelsFor(width / 100, share) - compared;
  return (
    <p>
      Interval of the agreement: {now} points wide, {width} wanted
      {left > 0 ? ` · about ${formatCounted(left, "label")} to go` : " · reached ✓"}
    </p>
  );
}

interface LabelButtonsProps {
  /** Texts to choose from by number; none: yes and no. */
  choices: readonly string[];
  /** What is said now. */
  label: JsonValue | undefined;
  say: (label: JsonValue) => void;
}

const YES_AND_NO = [
  { keys: "y", name: "Yes", value: true },
  { keys: "n", name: "No", value: false },
];

/** What can be said of a case: yes and no, or one of several texts, or anything else. */
function LabelButtons({ choices, label, say }: LabelButtonsProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const texts = choices.map((name, at) => ({ keys: String(at + 1), name, value: name }));
  const known = texts.length > 0 ? texts : YES_AND_NO;
  useKeys("Label", [
    ...known.map(({ keys, name, value }) => ({ keys, label: `Label: ${name}`, run: () => say(value) })),
    { keys: "e", label: "Label: another value", run: () => setTyped("") },
  ]);
  return (
    <>
      <fieldset className={styles.choices} aria-label="Label">
        {known.map(({ keys, name, value }) => (
          <button key={keys} type="button" aria-pressed={label === value} onClick={() => say(value)}>
            <span>
              <InertText text={name} />
            </span>
            <kbd>{keys}</kbd>
          </button>
        ))}
        <button type="button" aria-expanded={typed !== null} onClick={() => setTyped(typed === null ? "" : null)}>
          <span>Other</span>
          <kbd>e</kbd>
        </button>
      </fieldset>
      {typed !== null && (
        <form
          className={styles.other}
          onSubmit={(event) => {
            event.preventDefault();
            if (typed.trim() === "") return;
            setTyped(null);
            say(parseLabel(typed));
          }}
        >
          <input
            // biome-ignore lint/a11y/noAutofocus: it opens by a key, to be typed into.
            autoFocus
            type="text"
            aria-label="Another value"
            placeholder="a number, a text, null"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === "Escape" && setTyped(null)}
          />
          <button type="submit">Label</button>
        </form>
      )}
    </>
  );
}
