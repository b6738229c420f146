/** What of the page is wanted: `scout view --mode scans` and the editor may want less than all of it. */

import { stateFromEditor } from "../api/editor.ts";

export type PageMode = "full" | "scans" | "single-file";

export function pageMode(
  search: string = location.search,
  told: unknown = stateFromEditor(document),
): PageMode {
  if (new URLSearchParams(search).get("mode") === "scans") return "scans";
  return (told as { mode?: unknown } | null)?.mode === "single-file" ? "single-file" : "full";
}
