/** Verdicts in the order in which one wants to read them. */

import type { TranscriptVerdict } from "../../../api/generated/types.gen.ts";
import { verdictOf } from "../../../domain/values.ts";

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
