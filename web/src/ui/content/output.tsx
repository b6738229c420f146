/** What transcripts hold besides prose: what tools gave back, code, JSON, media, passages that are cited, long texts. */

import { type ReactNode, useEffect, useState } from "react";
import { formatCounted } from "../../domain/format.ts";
import { anyMarked, type Mark } from "../../domain/marks.ts";
import type { CodeRun, Highlighter } from "./highlighter.ts";
import { InertText, type TextProps } from "./inert-text.tsx";
import styles from "./output.module.css";
import { ansiRuns, foldText, hasAnsi, type Json, jsonOf, moreWords } from "./text.ts";

/** What a tool gave back: JSON as a tree where nothing in it is marked, the colours of a terminal, else as it is. */
export function Output({ text, start = 0, marks = [] }: TextProps) {
  const json = anyMarked(marks, start, start + text.length) ? undefined : jsonOf(text);
  if (json !== undefined) {
    return (
      <div className={styles.output}>
        <JsonTree value={json} />
      </div>
    );
  }
  const Text = hasAnsi(text) ? AnsiText : InertText;
  return (
    <pre className={styles.output} dir="auto">
      <Text text={text} start={start} marks={marks} />
    </pre>
  );
}

const LOOKS = ["bold", "dim", "italic", "underline"] as const;

/** Output of a terminal with its colours. */
export function AnsiText({ text, start = 0, marks = [] }: TextProps) {
  return ansiRuns(text).map((run) => (
    <span
      key={run.start}
      className={LOOKS.flatMap((look) => (run[look] ? [styles[look]] : [])).join(" ")}
      data-ansi={run.colour ?? undefined}
    >
      <InertText text={run.text} start={start < 0 ? -1 : start + run.start} marks={marks} />
    </span>
  ));
}

/** Longer code is not coloured: it would hold up reading. */
const MOST_CODE = 30_000;

let loaded: Highlighter | undefined;

/** Source code, coloured once the highlighter is there. */
export function Code({ text, language, start = 0, marks = [] }: TextProps & { language: string }) {
  const highlight = useHighlighter(language !== "" && text.length <= MOST_CODE);
  const runs: readonly CodeRun[] = highlight?.(text, language) ?? [{ text, start: 0, look: "" }];
  return (
    <code className={styles.code}>
      {runs.map((run) => (
        <span key={run.start} className={styles[run.look]}>
          <InertText text={run.text} start={start < 0 ? -1 : start + run.start} marks={marks} />
        </span>
      ))}
    </code>
  );
}

function useHighlighter(wanted: boolean): Highlighter | undefined {
  const [highlighter, setHighlighter] = useState(() => loaded);
  useEffect(() => {
    if (!wanted || loaded !== undefined) return;
    let here = true;
    import("./highlighter.ts").then((module) => {
      loaded = module.highlight;
      if (here) setHighlighter(() => module.highlight);
    });
    return () => {
      here = false;
    };
  }, [wanted]);
  return wanted ? highlighter : undefined;
}

/** Entries of JSON that are shown at once; more on request. */
const SHOWN_ENTRIES = 30;
const MORE_ENTRIES = 200;
/** Levels that are open at first. */
const OPEN_LEVELS = 2;
const FOLDED_TEXT = 300;

/** JSON as a tree whose branches open and close. */
export function JsonTree({ value, depth = 0 }: { value: Json; depth?: number }) {
  if (typeof value === "object" && value !== null) return <Branch value={value} depth={depth} />;
  if (typeof value === "string") return <JsonText text={value} />;
  return <span className={styles.literal}>{String(value)}</span>;
}

function Branch({ value, depth }: { value: object; depth: number }) {
  const entries: [string, Json][] = Object.entries(value);
  const [open, setOpen] = useState(depth < OPEN_LEVELS && entries.length <= SHOWN_ENTRIES);
  const [shown, setShown] = useState(SHOWN_ENTRIES);
  const [left, right] = Array.isArray(value) ? "[]" : "{}";
  if (entries.length === 0) return <span className={styles.empty}>{`${left}${right}`}</span>;
  return (
    <>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        {`${open ? "▾" : "▸"} ${left}${entries.length}${right}`}
      </button>
      {open && (
        <ul className={styles.branch}>
          {entries.slice(0, shown).map(([key, each]) => (
            <li key={key}>
              <span className={styles.key}>
                <InertText text={key} />
              </span>{" "}
              <JsonTree value={each} depth={depth + 1} />
            </li>
          ))}
          {entries.length > shown && (
            <li>
              <button type="button" className={styles.toggle} onClick={() => setShown(shown + MORE_ENTRIES)}>
                {entries.length - shown} more
              </button>
            </li>
          )}
        </ul>
      )}
    </>
  );
}

function JsonText({ text }: { text: string }) {
  const [open, setOpen] = useState(false);
  const isFolded = !open && text.length > FOLDED_TEXT;
  return (
    <span className={styles.leaf}>
      <InertText text={isFolded ? text.slice(0, FOLDED_TEXT) : text} />
      {isFolded && (
        <button type="button" className={styles.toggle} onClick={() => setOpen(true)}>
          {moreWords(0, text.length - FOLDED_TEXT)}
        </button>
      )}
    </span>
  );
}

interface FoldedProps extends TextProps {
  /** Lines that are shown while it is folded. */
  lines: number;
  /** Characters behind the text that are not loaded. */
  unloaded: number;
  open: boolean;
  /** Whether the rest is on its way. */
  loading?: boolean;
  onToggle: () => void;
  children: (shown: string) => ReactNode;
}

/** A long text of which the beginning is shown, with how much more there is. What is marked in the rest opens it. */
export function Folded({ text, start = 0, marks = [], children, ...folding }: FoldedProps) {
  const { unloaded, open, loading = false, onToggle } = folding;
  const { shown, lines, characters } = foldText(text, folding.lines);
  // Citations open only what they are in themselves; hits of a search open whatever hides them.
  const isMarked = start >= 0 && anyMarked(marks, start + shown.length, start + text.length + unloaded);
  const opened = open || isMarked;
  const closedWords = `${unloaded > 0 ? moreWords(0, characters + unloaded) : moreWords(lines, characters)} · open`;
  const openWords = unloaded > 0 ? `${moreWords(0, unloaded)} · load more` : "fold";
  const words = opened ? openWords : closedWords;
  return (
    <>
      {children(opened ? text : shown)}
      {(characters > 0 || unloaded > 0) && (
        <div className={styles.fold}>
          <button type="button" aria-expanded={opened} onClick={onToggle}>
            {loading ? "Loading …" : words}
          </button>
          {!opened && <kbd>o</kbd>}
        </div>
      )}
    </>
  );
}

interface PassageProps {
  /** Whose words they are: `M9 · assistant`. */
  head: ReactNode;
  text: string;
  /** Words of it that are cited; none: all of it. */
  marked: readonly string[];
  isCited: boolean;
  /** Characters that are not here. */
  leftOut: number;
  colour: number;
}

const PASSAGE_LINES = 16;

/** A message as evidence: what is cited of it is marked, what is long is folded. */
export function Passage({ head, text, marked, isCited, leftOut, colour }: PassageProps) {
  const [isOpen, setOpen] = useState(false);
  // Each is marked where it is found first.
  const marks = marked.flatMap((words): Mark[] => {
    const start = text.indexOf(words);
    return start < 0 || words === "" ? [] : [{ start, stop: start + words.length, kind: "cite", colour }];
  });
  const folding = { lines: PASSAGE_LINES, unloaded: 0, open: isOpen, onToggle: () => setOpen(!isOpen) };
  return (
    <article className={styles.passage} data-cited={isCited || undefined} data-colour={colour}>
      <header>{head}</header>
      <div className={styles.text} dir="auto">
        <Folded text={text} marks={marks} {...folding}>
          {(shown) => <InertText text={shown} marks={marks} />}
        </Folded>
      </div>
      {leftOut > 0 && <p className="muted">{formatCounted(leftOut, "character")} more in the transcript</p>}
    </article>
  );
}

interface MediaProps {
  /** What it is, as the message says. */
  kind: string;
  format: string | null | undefined;
  /** Where our server gives it; null: the log does not hold it, and nothing is fetched from elsewhere. */
  href: string | null;
  /** What the response is; an image of another type (an SVG is a document with scripts) is not shown as one. */
  mediaType?: string | null | undefined;
}

/** An image, a recording or a document of a transcript. */
export function Media({ kind, format, href, mediaType }: MediaProps) {
  const name = format ? `${kind} (${format})` : kind;
  if (href === null) {
    return (
      <p className={styles.absent}>
        <InertText text={name} />: not in the log, and not fetched from elsewhere
      </p>
    );
  }
  const shown = mediaType == null || mediaType.startsWith(`${kind}/`) ? kind : "document";
  if (shown === "audio" || shown === "video") {
    const Player = shown;
    // Recordings of agents have no captions.
    return <Player className={styles.player} src={href} controls preload="none" aria-label={name} />;
  }
  if (shown === "image") {
    return (
      <a className={styles.frame} href={href} target="_blank" rel="noreferrer" aria-label={`Open ${name}`}>
        <img src={href} alt={name} loading="lazy" decoding="async" />
      </a>
    );
  }
  return (
    <a className={styles.document} href={href} target="_blank" rel="noreferrer">
      Open <InertText text={name} /> in a tab
    </a>
  );
}
