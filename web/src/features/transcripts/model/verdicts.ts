/** What the scans that were chosen said of transcripts. */

import { coloursOf, scannerKey } from "../../../domain/citations.ts";
import { formatValue, type Verdict, verdictOf } from "../../../domain/values.ts";

export interface ShownScanner {
  scan: string;
  scanName: string;
  scanner: string;
  /** 1 to 6. */
  colour: number;
}

export interface ShownVerdict {
  verdict: Verdict;
  words: string;
}

interface ListedScan {
  scan_id: string;
  name: string;
  scanner_names: readonly string[];
}

/** The scanners of the scans that were chosen, in the order in which they were. */
export function shownScanners(chosen: readonly string[], scans: readonly ListedScan[]): ShownScanner[] {
  const found = chosen.flatMap((id) => scans.filter((scan) => scan.scan_id === id));
  const scanners = found.flatMap((scan) =>
    scan.scanner_names.map((scanner) => ({ scan: scan.scan_id, scanName: scan.name, scanner })),
  );
  const colours = coloursOf(scanners.map(({ scan, scanner }) => scannerKey(scan, scanner)));
  return scanners.map((each) => ({ ...each, colour: colours.get(scannerKey(each.scan, each.scanner)) ?? 1 }));
}

const RANK: Record<Verdict, number> = { error: 0, positive: 1, negative: 2, none: 3 };

/** The verdict of each transcript: where a scanner gave several, the one that matters most. */
export function verdictsById(results: readonly Readonly<Record<string, unknown>>[]): ReadonlyMap<string, ShownVerdict> {
  const found = new Map<string, ShownVerdict>();
  for (const { transcript_id: id, value, scan_error: error } of results) {
    if (typeof id !== "string") continue;
    const failure = typeof error === "string" && error !== "" ? error : null;
    const verdict = verdictOf(value, failure);
    const before = found.get(id);
    if (before !== undefined && RANK[before.verdict] <= RANK[verdict]) continue;
    found.set(id, {
      verdict,
      words: failure === null ? formatValue(value) : `error: ${formatValue(failure, 200)}`,
    });
  }
  return found;
}
