/** What the scans that were chosen said of transcripts. */

import { ask } from "../../../api/ask.ts";
import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { coloursOf, scannerKey } from "../../../domain/citations.ts";
import { formatValue, type Verdict, verdictOf } from "../../../domain/values.ts";

/** The newest scans, whose verdicts can be shown. */
export const NEWEST_SCANS = ask("/scans", { query: { limit: 100 } });

export interface ShownScanner {
  scan: string;
  scanName: string;
  scanner: string;
  /** 1 to 6. */
  colour: number;
}

/** The scanners of the scans that were chosen, in the order in which they were. */
export function shownScanners(
  chosen: readonly string[],
  scans: readonly Pick<ScanItem, "scan_id" | "name" | "scanner_names">[],
): ShownScanner[] {
  const scanners = chosen
    .flatMap((id) => scans.filter((scan) => scan.scan_id === id))
    .flatMap(({ scan_id, name, scanner_names }) =>
      scanner_names.map((scanner) => ({ scan: scan_id, scanName: name, scanner })),
    );
  const colours = coloursOf(scanners.map(({ scan, scanner }) => scannerKey(scan, scanner)));
  return scanners.map((each) => ({ ...each, colour: colours.get(scannerKey(each.scan, each.scanner)) ?? 1 }));
}

const RANK: Record<Verdict, number> = { error: 0, positive: 1, negative: 2, none: 3 };

/** The verdict of each transcript: where a scanner gave several, the one that matters most. */
export function verdictsById({ items }: { items: readonly Readonly<Record<string, unknown>>[] }) {
  const found = new Map<string, { verdict: Verdict; words: string }>();
  for (const { transcript_id: id, value, scan_error: error } of items) {
    if (typeof id !== "string") continue;
    const failure = typeof error === "string" && error !== "" ? error : null;
    const verdict = verdictOf(value, failure);
    const before = found.get(id);
    if (before !== undefined && RANK[before.verdict] <= RANK[verdict]) continue;
    found.set(id, { verdict, words: failure === null ? formatValue(value) : `error: ${formatValue(failure, 200)}` });
  }
  return found;
}
