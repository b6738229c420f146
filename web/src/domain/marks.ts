/** Characters of a text that are marked: hits of a search, and what scanners cite. Marks may overlap. */

type MarkKind = "hit" | "current" | "cite";

export interface Mark {
  start: number;
  stop: number;
  kind: MarkKind;
  /** Which of the colours of scanners, from 1. */
  colour?: number;
  /** Who marked it. */
  label?: string;
}

export interface Piece {
  text: string;
  /** Where it begins in the whole text. */
  start: number;
  /** What is marked here, what counts most first. */
  marks: readonly Mark[];
}

const RANK: Record<MarkKind, number> = { current: 0, hit: 1, cite: 2 };

/** Cut a part of a text where marks begin and end. `start` is where the part begins in the whole text. */
export function splitByMarks(text: string, start: number, marks: readonly Mark[]): Piece[] {
  const stop = start + text.length;
  const near = marks.filter((mark) => mark.start < stop && mark.stop > start && mark.start < mark.stop);
  if (near.length === 0) return text === "" ? [] : [{ text, start, marks: [] }];
  const edges = new Set([start, stop]);
  for (const mark of near) {
    edges.add(Math.max(start, mark.start));
    edges.add(Math.min(stop, mark.stop));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let place = 0; place + 1 < sorted.length; place += 1) {
    const from = sorted[place] ?? start;
    const to = sorted[place + 1] ?? stop;
    const here = near.filter((mark) => mark.start <= from && mark.stop >= to);
    here.sort((a, b) => RANK[a.kind] - RANK[b.kind]);
    pieces.push({ text: text.slice(from - start, to - start), start: from, marks: here });
  }
  return pieces;
}

/** Whether something between two places is marked. */
export function anyMarked(marks: readonly Mark[], start: number, stop: number): boolean {
  return marks.some((mark) => mark.start < stop && mark.stop > start);
}
