/** What scanners say of a transcript, and cite of it: by message, with a colour for each scanner. */

import type { ResolvedCitation, TranscriptVerdict } from "../api/generated/types.gen.ts";
import type { Mark } from "./marks.ts";
import type { ToUnits } from "./offsets.ts";
import { verdictOf } from "./values.ts";

/** Six colours are told apart (--s1 to --s6); further scanners share them, and shape and name tell which. */
const COLOURS = 6;

export type ItemKind = "message" | "event";

/** A scanner of a scan, by one key. */
export function scannerKey(scan: string, scanner: string): string {
  return `${scan}\n${scanner}`;
}

export function coloursOf(keys: readonly string[]): Map<string, number> {
  const colours = new Map<string, number>();
  for (const key of keys) if (!colours.has(key)) colours.set(key, (colours.size % COLOURS) + 1);
  return colours;
}

/** Citations that resolve, by the numbers of what they cite. */
export function citationsByNumber(
  citations: readonly ResolvedCitation[],
  kind: ItemKind,
): Map<number, ResolvedCitation[]> {
  const found = new Map<number, ResolvedCitation[]>();
  for (const citation of citations) {
    if (citation.number === null || citation.kind !== kind) continue;
    const here = found.get(citation.number);
    if (here === undefined) found.set(citation.number, [citation]);
    else here.push(citation);
  }
  return found;
}

export function citationMarks(
  citations: readonly ResolvedCitation[],
  colours: ReadonlyMap<string, number>,
  units: ToUnits,
): Mark[] {
  return citations.flatMap((citation) =>
    (citation.ranges ?? []).map(({ start, stop }) => ({
      start: units(start),
      stop: units(stop),
      kind: "cite" as const,
      colour: colours.get(scannerKey(citation.scan, citation.scanner)) ?? 1,
      label: citation.scanner,
    })),
  );
}

/** The next number after one that is in a list, or before it; at the ends it goes on at the other end. */
export function stepTo(numbers: readonly number[], from: number, direction: 1 | -1): number | undefined {
  const sorted = [...numbers].sort((a, b) => a - b);
  if (direction === 1) return sorted.find((number) => number > from) ?? sorted[0];
  return sorted.findLast((number) => number < from) ?? sorted.at(-1);
}

export interface ExplanationPart {
  text: string;
  /** Where it begins. */
  start: number;
  /** The citation as the explanation writes it, where this part is one. */
  cite: string | null;
}

/** An explanation, cut at what it cites: `[M3]`, `[E12]`. */
export function explanationParts(explanation: string): ExplanationPart[] {
  let start = 0;
  return explanation
    .split(/(\[[ME]\d{1,9}\])/)
    .map((text, place) => {
      start += text.length;
      return { text, start: start - text.length, cite: place % 2 === 1 ? text : null };
    })
    .filter((part) => part.text !== "");
}

export interface VerdictGroup {
  verdict: TranscriptVerdict;
  /** How many results say just this. */
  count: number;
}

const ORDER = { error: 0, positive: 1, none: 2, negative: 3 } as const;

/** Errors first, then what was found, then the rest; results of one scanner that say the same and no more are one. */
export function groupedVerdicts(verdicts: readonly TranscriptVerdict[]): VerdictGroup[] {
  const groups = new Map<string, VerdictGroup>();
  for (const verdict of verdicts) {
    const key = JSON.stringify([
      verdict.scan,
      verdict.scanner,
      verdict.value,
      verdict.label,
      verdict.explanation,
      verdict.error,
    ]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { verdict, count: 1 });
    else known.count += 1;
  }
  const rank = ({ verdict }: VerdictGroup) => ORDER[verdictOf(verdict.value, verdict.error)];
  return [...groups.values()].sort((a, b) => rank(a) - rank(b));
}
