/** The list of scans: what is asked for, and its lines of scans and of groups. */

import { infiniteQueryOptions } from "@tanstack/react-query";
import type { RegisteredRouter } from "@tanstack/react-router";
import { keyOf } from "../../../api/ask.ts";
import { read } from "../../../api/client.ts";
import type { RunningScanItem, ScanItem } from "../../../api/generated/types.gen.ts";
import type { RunningScans } from "../../../api/live.ts";
import { formatDuration, formatShare } from "../../../domain/format.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import { allRows, type Rows, type Selection } from "../../../ui/data-table/rows.ts";

export type ScansSearch = RegisteredRouter["routesById"]["/scans/"]["types"]["fullSearchSchema"];

/** A scan with how fast it goes, while it runs; maybe one of a group. */
export type LiveScan = ScanItem & Partial<Pick<RunningScanItem, "rate" | "left_seconds">> & { group?: string };

/** A scan, or the line above the scans of a group. */
export type ScanLine = LiveScan | { group: string; count: number };

export function isScan(line: ScanLine | undefined): line is LiveScan {
  return line !== undefined && "scan_id" in line;
}

export function keyOfLine(line: ScanLine): string {
  if (!isScan(line)) return `group ${line.group}`;
  return line.group === undefined ? line.location : `${line.location} ${line.group}`;
}

/** Parts of the address that narrow the list. */
export const FILTERS = ["state", "scanner", "model", "tag"] as const;
export type Filter = (typeof FILTERS)[number];

const STATES = ["planned", "running", "complete", "errors", "interrupted"] as const;
const PAGE = 100;
/** Groups are made here, of so many scans at most. */
export const GROUPED = 1000;

export function askedOf({ group, q, columns: _, state = [], ...asked }: ScansSearch) {
  const known = STATES.filter((each) => state.includes(each));
  return { ...asked, limit: group === undefined ? PAGE : GROUPED, text: q, state: known };
}

/** Pages of scans, each behind the one before. */
export function scansQuery(search: ScansSearch) {
  const asked = askedOf(search);
  return infiniteQueryOptions({
    queryKey: keyOf("/scans", { query: asked }, "pages"),
    queryFn: ({ signal, pageParam: cursor }) => read("/scans", { query: { ...asked, cursor }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** The command that lists the same. */
export function listCommand(search: ScansSearch): string {
  const options = FILTERS.flatMap((filter) => (search[filter] ?? []).flatMap((value) => [`--${filter}`, value]));
  const place = search.location === undefined ? [] : [search.location];
  return shellLine(["scout", "scan", "list", ...place, ...options]);
}

/** The folder that holds the directory of a scan: what the address of a scan, and requests about it, name. */
export function folderOf(location: string): string {
  return location.replace(/\/+$/, "").replace(/\/[^/]*$/, "");
}

/** A scan as it stands now: what runs is told by the server as it goes on, before the list is read again. */
export function liveScan(scan: ScanItem, running: RunningScans): LiveScan {
  const now = running[scan.location];
  return now?.state === "running" ? now : scan;
}

/** `64 % · 12/s · 40 s left`. */
export function progressWords({ total, done, rate = null, left_seconds: left = null }: LiveScan): string {
  const words = [total === 0 ? "…" : formatShare((done ?? 0) / total)];
  if (rate !== null && rate >= 1) words.push(`${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`);
  else if (rate !== null && rate > 0) words.push(`${(rate * 60).toFixed(0)}/min`);
  if (left !== null) words.push(`${formatDuration(left)} left`);
  return words.join(" · ");
}

/** Lines of scans; a line stays the same object while nothing of its scan changes, so that it is not rendered again. */
export function linesOf(
  pages: Rows<ScanItem>,
  here: readonly ScanItem[],
  running: RunningScans,
  by: ScansSearch["group"],
): Rows<ScanLine> {
  const live = (scan: ScanItem) => liveScan(scan, running);
  if (by !== undefined) return allRows(groupedLines(here.map(live), by));
  return {
    ...pages,
    at(index) {
      const scan = pages.at(index);
      return scan && live(scan);
    },
  };
}

/** Scans below the name of their group; groups in the order of their first scan. One with two tags stands in both. */
export function groupedLines(scans: readonly LiveScan[], by: "scanners" | "tag"): ScanLine[] {
  const groups = new Map<string, LiveScan[]>();
  for (const scan of scans) {
    const tags = scan.tags.length === 0 ? ["without a tag"] : scan.tags;
    for (const name of by === "tag" ? tags : [scan.scanner_names.join(", ")]) {
      groups.set(name, [...(groups.get(name) ?? []), scan]);
    }
  }
  return [...groups].flatMap(([group, members]) => [
    { group, count: members.length },
    ...members.map((scan) => ({ ...scan, group })),
  ]);
}

/** The scans that are selected, each once. */
export function scansIn(rows: Rows<ScanLine>, selection: Selection): LiveScan[] {
  const found = new Map<string, LiveScan>();
  for (let index = 0; selection.size > 0 && index < rows.count; index += 1) {
    const line = rows.at(index);
    if (isScan(line) && selection.has(keyOfLine(line))) found.set(line.location, line);
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
    const key = keyOfLine(line);
    if (!isScan(line)) change = undefined;
    if (!isScan(line) && next.has(key) !== was.has(key)) change = next.has(key) ? "add" : "delete";
    if (isScan(line) && change !== undefined) found[change](key);
  }
  return found;
}

/** Values that a filter can have, of the scans that are here. */
export function filterValues(scans: readonly ScanItem[], filter: Filter): string[] {
  const values = scans.flatMap((scan) => {
    if (filter === "state") return [scan.state];
    if (filter === "model") return scan.model ?? [];
    return filter === "tag" ? scan.tags : scan.scanner_names;
  });
  return [...new Set<string>(values)].toSorted();
}
