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
  let left = 0;
  let right = 0;
  const [oldTexts, newTexts] = [old, now].map((lines) => lines.map((line) => line.text));
  return diffArrays(oldTexts ?? [], newTexts ?? []).flatMap((change) =>
    change.value.map((text): DiffLine => {
      if (change.removed) return { text, start: old[left]?.start ?? -1, kind: "del", before: ++left, after: null };
      const start = now[right]?.start ?? -1;
      if (change.added) return { text, start, kind: "add", before: null, after: ++right };
      return { text, start, kind: "same", before: ++left, after: ++right };
    }),
  );
}

/** Changes that stand together, with a little of what is around them. */
export function hunksOf(lines: readonly DiffLine[]): DiffLine[][] {
  const hunks: DiffLine[][] = [];
  let stop = 0;
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    const open = hunks.at(-1);
    if (open === undefined || at - CONTEXT > stop)
      hunks.push(lines.slice(Math.max(stop, at - CONTEXT), at + CONTEXT + 1));
    else open.push(...lines.slice(stop, at + CONTEXT + 1));
    stop = Math.max(stop, Math.min(lines.length, at + CONTEXT + 1));
  });
  return hunks;
}

function linesOf({ text, start }: Side): { text: string; start: number }[] {
  if (text === "") return [];
  let at = start;
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line) => {
    const from = at;
    at += start < 0 ? 0 : line.length + 1;
    return { text: line, start: from };
  });
}
