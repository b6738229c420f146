/** The places of the page, in the order of the rail; each is shown once its route is there, and wanted. */

import { ask } from "../api/ask.ts";
import { stateFromEditor } from "../api/editor.ts";
import { isFromDisk } from "../api/from-disk.ts";
import type { IconName } from "../ui/drawings.tsx";

interface Place {
  name: string;
  /** Path of its route. */
  path: string;
  icon: IconName;
  /** The key that goes there. */
  key: string;
  isInRail: boolean;
}

export const PLACES: readonly Place[] = [
  { name: "Transcripts", path: "/transcripts", icon: "transcripts", key: "1", isInRail: true },
  { name: "Scans", path: "/scans", icon: "scans", key: "2", isInRail: true },
  { name: "Labels", path: "/labels", icon: "labels", key: "3", isInRail: true },
  { name: "Run", path: "/run", icon: "run", key: "4", isInRail: true },
  { name: "Project", path: "/project", icon: "project", key: "5", isInRail: true },
  { name: "Compare", path: "/compare", icon: "compare", key: "6", isInRail: false },
];

/** The scope of keys that work in all places. */
export const EVERYWHERE = "Everywhere";

/** What of the page is wanted: `scout view --mode scans`, the editor and an export have less than all of it. */
export type PageMode = "full" | "scans" | "export" | "single-file";

export function pageMode(search: string = location.search, told: unknown = stateFromEditor(document)): PageMode {
  if (isFromDisk) return "export";
  if (new URLSearchParams(search).get("mode") === "scans") return "scans";
  return (told as { mode?: unknown } | null)?.mode === "single-file" ? "single-file" : "full";
}

/** Where not all places are wanted, or have anything to show. */
const SOME: Partial<Record<PageMode, readonly string[]>> = {
  scans: ["/scans", "/compare"],
  export: ["/scans"],
};

/** The places that have a route, and that are wanted. */
export function placesOf(routes: object, mode: PageMode): readonly Place[] {
  return PLACES.filter(({ path }) => path in routes && (SOME[mode]?.includes(path) ?? true));
}

/** The newest scans: whether there are any decides where the page begins, and the palette offers them. */
export const newestScansQuery = ask("/scans", { query: { limit: 20 } });
