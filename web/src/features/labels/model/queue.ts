/** The queue: which case comes next. */

import { type Case, CaseIndex, encodeUrl, type Fields, idsOf, keyOf, labelOf } from "./cases.ts";

/** How a queue is made unless the address says otherwise; `width`: of the interval that is wanted, in points. */
export const DEFAULTS = { size: 20, by: "value", seed: 0, width: 20 } as const;

/** What comes to be labelled. */
export interface Asked {
  key: string;
  about: Fields;
  /** Null: it has to be found by its task. */
  transcript: string | null;
  /** The result that a scanner gave; null: nobody has asked one. */
  result: string | null;
}

export interface Entry extends Asked {
  /** The case in the file that is written; undefined: it has no label yet. */
  found: Case | undefined;
  isLabelled: boolean;
}

export function entriesOf(asked: readonly Asked[], cases: readonly Case[]): readonly Entry[] {
  const index = new CaseIndex(cases);
  return asked.map((each) => {
    const found = index.find(each.about);
    return { ...each, found, isLabelled: labelOf(found?.fields) !== undefined };
  });
}

/** The place to go on at: the next without a label after a place, else the first one; -1: all are labelled. */
export function nextOpen(entries: readonly Entry[], after: number): number {
  const next = entries.findIndex((entry, place) => place > after && !entry.isLabelled);
  return next >= 0 ? next : entries.findIndex((entry, place) => place !== after && !entry.isLabelled);
}

/** The cases of a set for a second rater, in an order that the seed decides, without what the first says. */
export function askedOfCases(cases: readonly Case[], seed: number): readonly Asked[] {
  const drawn = cases.map(({ fields }) => {
    const about: Record<string, Fields[string]> = {};
    for (const name of ["id", "task_id", "epoch", "task_repeat"]) {
      if (fields[name] !== undefined) about[name] = fields[name];
    }
    return { about: about as Fields, drawn: hash(`${seed} ${keyOf(about)}`) };
  });
  drawn.sort((one, other) => one.drawn - other.drawn);
  return drawn.map(({ about }) => {
    const ids = idsOf(about);
    return { key: keyOf(about), about, transcript: ids.length === 1 ? (ids[0] ?? null) : null, result: null };
  });
}

/** Values to choose from by number: those that are told, or else the texts that cases expect. */
export function choicesOf(told: readonly string[], cases: readonly Case[]): readonly string[] {
  if (told.length > 0) return told.slice(0, MOST_CHOICES);
  const texts = cases.map((each) => each.fields.target).filter((target) => typeof target === "string");
  return [...new Set(texts)].sort().slice(0, MOST_CHOICES);
}

const MOST_CHOICES = 9;

/** FNV-1a: the same order on every machine. */
function hash(text: string): number {
  let found = 0x811c9dc5;
  for (const letter of encodeUrl(text)) {
    found ^= letter.charCodeAt(0);
    found = Math.imul(found, 0x01000193);
  }
  return found >>> 0;
}
