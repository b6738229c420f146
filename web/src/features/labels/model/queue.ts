/** The queue: which case comes next, and how many it takes. */

import { encodeUrl } from "../../../api/case-key.ts";
import type { LabelsGetQueueData, QueueItem } from "../../../api/generated/types.gen.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { type Case, caseFinder, idsOf, keyOf, labelOf } from "./cases.ts";

/** How a queue is made unless the address says otherwise; `width`: of the interval that is wanted, in points. */
export const DEFAULTS = { size: 20, by: "value", seed: 0, width: 20 } as const;

export interface ChosenScan {
  scan: string;
  scanner: string;
}

export type Sample = Required<Omit<NonNullable<LabelsGetQueueData["query"]>, "location">>;

/** What comes to be labelled. */
export interface Asked extends Pick<QueueItem, "key" | "about"> {
  /** Null: it has to be found by its task. */
  transcript_id: string | null;
  /** The result that a scanner gave; null: nobody has asked one. */
  uuid: string | null;
}

export interface Entry extends Asked {
  /** The case in the file that is written; undefined: it has no label yet. */
  found: Case | undefined;
  isLabelled: boolean;
}

export function entriesOf(asked: readonly Asked[], cases: readonly Case[]): readonly Entry[] {
  const find = caseFinder(cases);
  return asked.map((each) => {
    const found = find(each.about);
    return { ...each, found, isLabelled: labelOf(found?.fields) !== undefined };
  });
}

/** The place to go on at: the next without a label after a place, else the first one; -1: all are labelled. */
export function nextOpen(entries: readonly Entry[], after: number): number {
  const next = entries.findIndex((entry, place) => place > after && !entry.isLabelled);
  return next >= 0 ? next : entries.findIndex((entry, place) => place !== after && !entry.isLabelled);
}

const ABOUT = ["id", "task_id", "epoch", "task_repeat"];

/** The cases of a set for a second rater, in an order that the seed decides, without what the first says. */
export function askedOfCases(cases: readonly Case[], seed: number): readonly Asked[] {
  const drawn = cases.map(({ fields }) => {
    const about = Object.fromEntries(Object.entries(fields).filter(([name]) => ABOUT.includes(name)));
    const [id = null, ...others] = idsOf(about);
    const key = keyOf(about);
    return { key, about, transcript_id: others.length === 0 ? id : null, uuid: null, drawn: hash(`${seed} ${key}`) };
  });
  return drawn.sort((one, other) => one.drawn - other.drawn);
}

/** Values to choose from by number: those that are told, or else the texts that cases expect. */
export function choicesOf(told: readonly string[], cases: readonly Case[]): readonly string[] {
  if (told.length > 0) return told.slice(0, MOST_CHOICES);
  const texts = cases.map((each) => each.fields.target).filter((target) => typeof target === "string");
  return [...new Set(texts)].sort().slice(0, MOST_CHOICES);
}

const MOST_CHOICES = 9;

/** What labels the same results on the command line. */
export function labelCommand(name: string, { scan, scanner }: ChosenScan, { size, by, seed }: Sample): string {
  const sample = ["--sample", String(size), "--stratify", by, "--seed", String(seed)];
  return shellLine(["scout", "label", scan, "--scanner", scanner, ...sample, "--blind", "--cases", name]);
}

const Z = 1.959964;
const MOST = 100_000;

/** How wide Wilson's interval of 95 % of a rate is after `n` labels, from 0 to 1, as the reports have it. */
export function intervalWidth(n: number, share: number): number {
  if (n === 0) return 1;
  const z2 = Z * Z;
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return Math.min(1, 2 * half);
}

/** How many labels it takes until the interval is no wider than that, if the rate stays as it is. */
export function labelsFor(width: number, share: number): number {
  let [low, high] = [1, MOST];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (intervalWidth(middle, share) <= width) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** FNV-1a: the same order on every machine. */
function hash(text: string): number {
  let found = 0x811c9dc5;
  for (const letter of encodeUrl(text)) {
    found ^= letter.charCodeAt(0);
    found = Math.imul(found, 0x01000193);
  }
  return found >>> 0;
}
