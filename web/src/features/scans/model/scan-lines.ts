/** Lines of the table of scans, of what is here. */

import type { RunningScans } from "../../../api/live.ts";
import type { Rows } from "../../../ui/data-table/rows.ts";
import { allRows } from "../../../ui/data-table/rows.ts";
import type { Selection } from "../../../ui/data-table/selection.ts";
import type { Scan } from "../api/list-scans.ts";
import { groupedLines, type LiveScan, liveScan, type ScanLine, type ScansSearch } from "./scan-list.ts";

/** Lines of scans; a line stays the same object while nothing of its scan changes, so that it is not rendered again. */
export function linesOf(
  pages: Rows<Scan>,
  read: readonly { items: readonly Scan[] }[] | undefined,
  running: RunningScans,
  group: ScansSearch["group"],
): Rows<ScanLine> {
  if (group !== undefined) {
    const scans = (read ?? []).flatMap((page) => page.items).map((scan) => liveScan(scan, running));
    return allRows(groupedLines(scans, group));
  }
  const lines = new Map<LiveScan, ScanLine>();
  return {
    ...pages,
    at(index) {
      const scan = pages.at(index);
      if (scan === undefined) return undefined;
      const live = liveScan(scan, running);
      const line = lines.get(live) ?? { kind: "scan" as const, key: scan.location, scan: live };
      lines.set(live, line);
      return line;
    },
  };
}

/** The scans that are selected, each once. */
export function scansIn(rows: Rows<ScanLine>, selection: Selection): LiveScan[] {
  if (selection.size === 0) return [];
  const found = new Map<string, LiveScan>();
  for (let index = 0; index < rows.count; index += 1) {
    const line = rows.at(index);
    if (line?.kind === "scan" && selection.has(line.key)) found.set(line.scan.location, line.scan);
  }
  return [...found.values()];
}

/** A group that was selected, or is no longer, takes its scans with it. */
export function withGroups(rows: Rows<ScanLine>, was: Selection, next: Selection): Selection {
  const found = new Set(next);
  let change: "add" | "delete" | undefined;
  for (let index = 0; index < rows.count; index += 1) {
    const line = rows.at(index);
    if (line === undefined) continue;
    if (line.kind === "scan") {
      if (change !== undefined) found[change](line.key);
      continue;
    }
    change = undefined;
    if (next.has(line.key) !== was.has(line.key)) change = next.has(line.key) ? "add" : "delete";
  }
  return found;
}
