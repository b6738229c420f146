/** What two scans, or two scanners, said of the same inputs. */

import type { RegisteredRouter } from "@tanstack/react-router";
import type {
  ConfusionCell,
  EvidenceItem,
  EvidencePassage,
  ScanComparison,
  ScannerComparison,
  VerdictPairItem,
} from "../../../api/generated/types.gen.ts";
import { formatInterval } from "../../../domain/format.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { formatValue } from "../../../domain/values.ts";

export type CompareSearch = RegisteredRouter["routesById"]["/compare"]["types"]["fullSearchSchema"];

export function compareCommand({ a = "", b = "", scanner, scanner_b }: CompareSearch): string {
  const first = scanner === undefined ? [] : ["--scanner", scanner];
  const second = scanner_b === undefined ? [] : ["--scanner-b", scanner_b];
  return shellLine(["scout", "scan", "diff", a.slice(0, 8), b.slice(0, 8), ...first, ...second]);
}

/** What one of them missed comes first. */
export const KINDS = {
  lost: "found in A only",
  gained: "found in B only",
  changed: "another value",
} as const;

export interface Flip extends VerdictPairItem {
  key: string;
  kind: keyof typeof KINDS;
}

/** All that was judged differently. */
export function flipsOf(found: ScannerComparison): Flip[] {
  return (["lost", "gained", "changed"] as const).flatMap((kind) =>
    found[kind].map((pair) => ({ ...pair, kind, key: pair.input_ids.join(" ") })),
  );
}

const SHOWN = 8;

/** The most frequent values of both as a matrix: `count` of inputs that got one from the first and another from the second. */
export function confusionOf(cells: readonly ConfusionCell[]) {
  const weights = new Map<string | boolean, number>();
  for (const { first, second, count } of cells) {
    for (const value of [first, second]) weights.set(value, (weights.get(value) ?? 0) + count);
  }
  const values = [...weights].toSorted(([, one], [, other]) => other - one).map(([value]) => value);
  return {
    values: values.slice(0, SHOWN),
    count: (row: string | boolean, column: string | boolean) =>
      cells.find((cell) => cell.first === row && cell.second === column)?.count ?? 0,
    left: Math.max(0, values.length - SHOWN),
  };
}

/** How likely so unequal changes are by chance, in words. */
export function chanceWords(p: number | null): string {
  if (p === null) return "-";
  return p < 0.001 ? "p < 0.001" : `p = ${Number(p.toPrecision(2))}`;
}

export interface BothPassage extends EvidencePassage {
  /** Which of them cite it. */
  by: ("A" | "B")[];
}

/** Messages that either of two verdicts rests on, in the order of the transcript. */
export function bothCited(first: readonly EvidenceItem[], second: readonly EvidenceItem[]): BothPassage[] {
  const found = new Map<string, BothPassage>();
  const sides = { A: first, B: second } as const;
  for (const name of ["A", "B"] as const) {
    for (const passage of sides[name].flatMap((each) => [...each.messages, ...each.events])) {
      const known = found.get(passage.id) ?? { ...passage, cited: false, marked: [], by: [] };
      const by = passage.cited && !known.by.includes(name) ? [...known.by, name] : known.by;
      const marked = [...new Set([...known.marked, ...passage.marked])];
      found.set(passage.id, { ...known, by, marked, cited: known.cited || passage.cited });
    }
  }
  return [...found.values()].toSorted((one, other) => one.number - other.number);
}

/** The comparison for a note: numbers, what differed, and each flip with both explanations. */
export function comparisonMarkdown({ first, second, differences, scanners }: ScanComparison): string {
  const [a, b] = [first, second].map((location) => location.split("/").at(-1));
  const lines = [`# ${a} and ${b}`, ""];
  for (const { name, ...of } of differences) {
    lines.push(`- ${name}: ${formatValue(of.first, 200)} / ${formatValue(of.second, 200)}`);
  }
  for (const found of scanners) {
    const { agreement, agreement_low, agreement_high } = found;
    const agree = agreement === null ? "-" : formatInterval(agreement, agreement_low ?? 0, agreement_high ?? 1);
    lines.push("", `## ${found.scanner}`, "", `${found.n} inputs, agree ${agree}, ${chanceWords(found.mcnemar_p)}`);
    for (const flip of flipsOf(found)) {
      const values = `${formatValue(flip.first.value)} / ${formatValue(flip.second.value)}`;
      lines.push("", `### ${flip.task_id ?? flip.transcript_id}: ${values}`);
      lines.push("", `A: ${flip.first.explanation ?? "-"}`, "", `B: ${flip.second.explanation ?? "-"}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
