/** The list of scans: lines of scans and of groups, and what is asked for. */

import type { RunningScans } from "../../../api/live.ts";
import type { Scan, ScansAsked } from "../api/list-scans.ts";
import { quoted } from "./scan-place.ts";

const SCAN_STATES = ["planned", "running", "complete", "errors", "interrupted"] as const;
export type ScanState = (typeof SCAN_STATES)[number];

/** A scan with how fast it goes, while it runs. */
export type LiveScan = Scan & { rate?: number | null; left_seconds?: number | null };

export type ScanLine =
  | { kind: "scan"; key: string; scan: LiveScan }
  | { kind: "group"; key: string; name: string; count: number };

export interface ScansSearch {
  location?: string | undefined;
  q?: string | undefined;
  state?: string[] | undefined;
  tag?: string[] | undefined;
  scanner?: string[] | undefined;
  model?: string[] | undefined;
  order_by?: string[] | undefined;
  columns?: string[] | undefined;
  group?: "scanners" | "tag" | undefined;
}

/** Parts of the address that narrow the list. */
export const FILTERS = ["state", "scanner", "model", "tag"] as const;
export type Filter = (typeof FILTERS)[number];

const PAGE = 100;
/** Groups are made here, of so many scans at most. */
export const GROUPED = 1000;

export function askedOf(search: ScansSearch): ScansAsked {
  const known = (search.state ?? []).filter((each) => SCAN_STATES.includes(each as ScanState));
  return {
    limit: search.group === undefined ? PAGE : GROUPED,
    ...(search.location !== undefined && { location: search.location }),
    ...(search.q !== undefined && { text: search.q }),
    ...(known.length > 0 && { state: known as ScanState[] }),
    ...(search.tag !== undefined && { tag: [...search.tag] }),
    ...(search.scanner !== undefined && { scanner: [...search.scanner] }),
    ...(search.model !== undefined && { model: [...search.model] }),
    ...(search.order_by !== undefined && { order_by: [...search.order_by] }),
  };
}

/** A scan as it stands now: what runs is told by the server as it goes on, before the list is read again. */
export function liveScan(scan: Scan, running: RunningScans): LiveScan {
  const now = running[scan.location];
  return now?.state === "running" ? now : scan;
}

function groupsOf(scan: Scan, by: "scanners" | "tag"): string[] {
  if (by === "scanners") return [scan.scanner_names.join(", ")];
  return scan.tags.length === 0 ? ["without a tag"] : scan.tags;
}

/** Scans below the name of their group; groups in the order of their first scan. One with two tags stands in both. */
export function groupedLines(scans: readonly LiveScan[], by: "scanners" | "tag"): ScanLine[] {
  const groups = new Map<string, LiveScan[]>();
  for (const scan of scans) {
    for (const name of groupsOf(scan, by)) groups.set(name, [...(groups.get(name) ?? []), scan]);
  }
  return [...groups].flatMap(([name, members]) => [
    { kind: "group" as const, key: `group ${name}`, name, count: members.length },
    ...members.map((scan) => ({ kind: "scan" as const, key: `${scan.location} ${name}`, scan })),
  ]);
}

/** Values that a filter can have, of the scans that are here. */
export function filterValues(scans: readonly Scan[], filter: Filter): string[] {
  const values = scans.flatMap((scan) => {
    if (filter === "state") return [scan.state];
    if (filter === "model") return scan.model === null ? [] : [scan.model];
    return filter === "tag" ? scan.tags : scan.scanner_names;
  });
  return [...new Set<string>(values)].toSorted();
}

/** The command that lists the same. */
export function listCommand(search: ScansSearch): string {
  const options = FILTERS.flatMap((filter) => (search[filter] ?? []).map((value) => `--${filter} ${quoted(value)}`));
  const place = search.location === undefined ? [] : [quoted(search.location)];
  return ["scout scan list", ...place, ...options].join(" ");
}
