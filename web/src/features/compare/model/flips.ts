/** What two scans said differently, and how often they said what. */

import type { ConfusionCell, ScannerComparison, VerdictPairItem } from "../../../api/generated/types.gen.ts";

export type Kind = "gained" | "lost" | "changed";

export interface Flip extends VerdictPairItem {
  key: string;
  kind: Kind;
}

export const KIND_WORDS: Record<Kind, string> = {
  lost: "found in A only",
  gained: "found in B only",
  changed: "another value",
};

/** All that was judged differently: what one of them missed first. */
export function flipsOf(found: ScannerComparison): Flip[] {
  return (["lost", "gained", "changed"] as const).flatMap((kind) =>
    found[kind].map((pair) => ({ ...pair, kind, key: pair.input_ids.join(" ") })),
  );
}

export interface Confusion {
  rows: (string | boolean)[];
  columns: (string | boolean)[];
  /** Inputs that got the value of a row from the first and that of a column from the second. */
  count: (row: string | boolean, column: string | boolean) => number;
  left: number;
}

const SHOWN = 8;

/** The most frequent values of both as a matrix. */
export function confusionOf(cells: readonly ConfusionCell[]): Confusion {
  const weights = new Map<string | boolean, number>();
  for (const { first, second, count } of cells) {
    for (const value of [first, second]) weights.set(value, (weights.get(value) ?? 0) + count);
  }
  const values = [...weights].toSorted(([, one], [, other]) => other - one).map(([value]) => value);
  const shown = values.slice(0, SHOWN);
  return {
    rows: shown,
    columns: shown,
    count: (row, column) => cells.find((cell) => cell.first === row && cell.second === column)?.count ?? 0,
    left: values.length - shown.length,
  };
}

/** How likely so unequal changes are by chance, in words. */
export function chanceWords(p: number | null): string {
  if (p === null) return "-";
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}
