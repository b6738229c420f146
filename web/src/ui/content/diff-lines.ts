/** What changed between two texts, line by line, each line with its place in the text of the message. */

import { diffArrays } from "diff";
import type { PatchLine, Side } from "../../domain/edits.ts";

export interface DiffLine extends PatchLine {
  /** Numbers in the old and in the new text, counted within what was replaced. */
  before: number | null;
  after: number | null;
}

/** Larger changes are shown as one text taken out and one put in: comparing them would hold up reading. */
const MOST_LINES = 2000;
/** Lines that stay the same around a change. */
const CONTEXT = 2;

export function diffLines(before: Side, after: Side): DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  if (old.length + now.length > MOST_LINES) {
    return [
      ...old.map((line, at) => ({ ...line, kind: "del" as const, before: at + 1, after: null })),
      ...now.map((line, at) => ({ ...line, kind: "add" as const, before: null, after: at + 1 })),
    ];
  }
  const lines: DiffLine[] = [];
  let left = 0;
  let right = 0;
  const changes = diffArrays(
    old.map((line) => line.text),
    now.map((line) => line.text),
  );
  for (const change of changes) {
    for (let each = 0; each < change.value.length; each += 1) {
      if (change.removed) lines.push({ ...line(old, left), kind: "del", before: ++left, after: null });
      else if (change.added) lines.push({ ...line(now, right), kind: "add", before: null, after: ++right });
      else lines.push({ ...line(now, right), kind: "same", before: ++left, after: ++right });
    }
  }
  return lines;
}

export interface Hunk {
  lines: DiffLine[];
  changed: number;
}

/** Changes that stand together, with a little of what is around them. */
export function hunksOf(lines: readonly DiffLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let last = -1;
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    const from = Math.max(last + 1, at - CONTEXT);
    const stop = Math.min(lines.length, at + CONTEXT + 1);
    const open = hunks.at(-1);
    if (open === undefined || at - CONTEXT > last + 1) {
      hunks.push({ lines: lines.slice(from, stop), changed: 1 });
    } else {
      open.lines.push(...lines.slice(last + 1, stop));
      open.changed += 1;
    }
    last = Math.max(last, stop - 1);
  });
  return hunks;
}

interface Line {
  text: string;
  start: number;
}

function line(lines: readonly Line[], at: number): Line {
  return lines[at] ?? { text: "", start: -1 };
}

function linesOf({ text, start }: Side): Line[] {
  if (text === "") return [];
  let at = start;
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const from = at;
      at += start < 0 ? 0 : line.length + 1;
      return { text: line, start: from };
    });
}
