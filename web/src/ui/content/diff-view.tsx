import { useState } from "react";
import { type Edit, patchLines } from "../../domain/edits.ts";
import type { Mark } from "../../domain/marks.ts";
import { type DiffLine, diffLines, hunksOf } from "./diff-lines.ts";
import styles from "./diff-view.module.css";
import { InertText } from "./inert-text.tsx";

interface DiffProps {
  edit: Edit;
  marks?: readonly Mark[];
  /** What the file held before, where that is known. */
  before?: string | undefined;
}

const NONE: readonly Mark[] = [];
/** Lines that are shown before somebody asks for the rest. */
const SHOWN = 14;

/** What a call changes in a file, as a diff. */
export function DiffView({ edit, marks = NONE, before }: DiffProps) {
  const [open, setOpen] = useState(false);
  const hunks = hunksOf(linesOf(edit, before));
  const shown = open ? hunks : firstHunks(hunks);
  const lines = shown.flatMap((hunk) => hunk.lines);
  const rest = open ? lines : lines.slice(0, SHOWN);
  const hidden = hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0) - rest.length;
  const marked = marks.length > 0 && !open && hidden > 0;
  const all = marked ? hunks.flatMap((hunk) => hunk.lines) : rest;
  const toggle = () => setOpen(!open);
  return (
    <>
      <div className={styles.diff}>
        {all.map((line) => (
          <Line key={`${line.kind}${line.before}-${line.after}-${line.start}`} line={line} marks={marks} />
        ))}
      </div>
      {hidden > 0 && !marked ? (
        <button type="button" className={styles.more} onClick={toggle}>
          {hunks.length > shown.length
            ? `${plural(hunks.length - shown.length, "more hunk")}, ${plural(hidden, "line")}`
            : `${plural(hidden, "more line")}`}{" "}
          · open
        </button>
      ) : null}
    </>
  );
}

const SIGNS = { add: "+", del: "-", same: " ", head: " " } as const;

function Line({ line, marks }: { line: DiffLine; marks: readonly Mark[] }) {
  return (
    <div className={styles[line.kind]}>
      <span className={styles.number}>{line.kind === "del" ? line.before : line.after}</span>
      <span className={styles.sign}>{SIGNS[line.kind]}</span>
      <span className={styles.text}>
        <InertText text={line.text} start={line.start} marks={marks} />
      </span>
    </div>
  );
}

function linesOf(edit: Edit, before: string | undefined): DiffLine[] {
  const nothing = { text: "", start: -1 };
  switch (edit.kind) {
    case "replace":
      return diffLines(edit.before, edit.after);
    case "write":
      return diffLines(before === undefined ? nothing : { text: before, start: -1 }, edit.after);
    case "insert":
      return diffLines(nothing, edit.after).map((line) => ({
        ...line,
        after: (line.after ?? 0) + edit.line,
      }));
    case "patch":
      return patchLines(edit.patch).map((line) => ({ ...line, before: null, after: null }));
  }
}

function firstHunks<Hunk extends { lines: readonly unknown[] }>(hunks: readonly Hunk[]): Hunk[] {
  let lines = 0;
  const shown: Hunk[] = [];
  for (const hunk of hunks) {
    if (shown.length > 0 && lines + hunk.lines.length > SHOWN) break;
    shown.push(hunk);
    lines += hunk.lines.length;
  }
  return shown;
}

function plural(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}
