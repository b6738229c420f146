import { useState } from "react";
import { type Edit, patchLines } from "../../domain/edits.ts";
import { formatCounted } from "../../domain/format.ts";
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
const SIGNS = { add: "+", del: "-", same: " ", head: " " } as const;

/** What a call changes in a file, as a diff. */
export function DiffView({ edit, marks = NONE, before }: DiffProps) {
  const [open, setOpen] = useState(false);
  const hunks = hunksOf(linesOf(edit, before));
  const all = hunks.flat();
  const first = firstHunks(hunks);
  const beginning = first.flat().slice(0, SHOWN);
  // What is marked may be in the rest.
  const isWhole = open || marks.length > 0;
  const hidden = isWhole ? 0 : all.length - beginning.length;
  const hiddenHunks = hunks.length - first.length;
  return (
    <>
      <div className={styles.diff}>
        {(isWhole ? all : beginning).map((line) => (
          <div key={`${line.kind}${line.before}-${line.after}-${line.start}`} className={styles[line.kind]}>
            <span className={styles.number}>{line.kind === "del" ? line.before : line.after}</span>
            <span className={styles.sign}>{SIGNS[line.kind]}</span>
            <span className={styles.text}>
              <InertText text={line.text} start={line.start} marks={marks} />
            </span>
          </div>
        ))}
      </div>
      {hidden > 0 && (
        <button type="button" className={styles.more} onClick={() => setOpen(true)}>
          {hiddenHunks > 0
            ? `${formatCounted(hiddenHunks, "more hunk")}, ${formatCounted(hidden, "line")} · open`
            : `${formatCounted(hidden, "more line")} · open`}
        </button>
      )}
    </>
  );
}

function linesOf(edit: Edit, before: string | undefined): DiffLine[] {
  const nothing = { text: "", start: -1 };
  switch (edit.kind) {
    case "replace":
      return diffLines(edit.before, edit.after);
    case "write":
      return diffLines({ text: before ?? "", start: -1 }, edit.after);
    case "insert":
      return diffLines(nothing, edit.after).map((line) => ({ ...line, after: (line.after ?? 0) + edit.line }));
    case "patch":
      return patchLines(edit.patch).map((line) => ({ ...line, before: null, after: null }));
  }
}

/** As many hunks as are shown at first: one at least, though it may be longer than that. */
function firstHunks(hunks: readonly DiffLine[][]): readonly DiffLine[][] {
  let lines = 0;
  const end = hunks.findIndex((hunk, at) => {
    lines += hunk.length;
    return at > 0 && lines > SHOWN;
  });
  return end < 0 ? hunks : hunks.slice(0, end);
}
