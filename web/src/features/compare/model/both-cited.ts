/** Messages that either of two verdicts rests on, in the order of the transcript. */

import type { EvidenceItem, EvidencePassage } from "../../../api/generated/types.gen.ts";

export interface BothPassage extends EvidencePassage {
  /** Which of them cite it. */
  by: ("A" | "B")[];
}

export function bothCited(first: readonly EvidenceItem[], second: readonly EvidenceItem[]): BothPassage[] {
  const found = new Map<string, BothPassage>();
  for (const [name, evidence] of [
    ["A", first],
    ["B", second],
  ] as const) {
    for (const passage of evidence.flatMap((each) => [...each.messages, ...each.events])) {
      const known = found.get(passage.id) ?? { ...passage, cited: false, marked: [], by: [] };
      const by = passage.cited && !known.by.includes(name) ? [...known.by, name] : known.by;
      const marked = [...new Set([...known.marked, ...passage.marked])];
      found.set(passage.id, { ...known, by, marked, cited: known.cited || passage.cited });
    }
  }
  return [...found.values()].toSorted((one, other) => one.number - other.number);
}
