/** What of the page is wanted: `scout view --mode scans`, the editor and an export have less than all of it. */

import { stateFromEditor } from "../api/editor.ts";
import { isFromDisk } from "../api/from-disk.ts";

export type PageMode = "full" | "scans" | "export" | "single-file";

export function pageMode(search: string = location.search, told: unknown = stateFromEditor(document)): PageMode {
  if (isFromDisk) return "export";
  if (new URLSearchParams(search).get("mode") === "scans") return "scans";
  return (told as { mode?: unknown } | null)?.mode === "single-file" ? "single-file" : "full";
}
