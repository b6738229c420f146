/** The project file: what is written, and what would be. */

import { queryOptions } from "@tanstack/react-query";
import { read, send } from "../../../api/client.ts";
import type { DraftAsked, DraftItem, ProjectItem } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export const projectFileQuery = queryOptions({
  queryKey: queryKeys.projectFile(),
  queryFn: ({ signal }) => read("/project", { signal }),
});

/** What `scout init` would write. */
export const newProjectQuery = queryOptions({
  queryKey: queryKeys.newProject(),
  queryFn: ({ signal }) => read("/project/new", { signal }),
});

/** Change keys in a text, and hear what is wrong with it; nothing is written. */
export function draftProject(text: string, changes: object = {}): Promise<DraftItem> {
  return send("POST", "/project/draft", {
    body: { text, changes } as DraftAsked,
  });
}

/** Write the file. `etag`: the state that was read; null: whatever is there now. */
export function writeProject(text: string, etag: string | null): Promise<ProjectItem> {
  return send("PUT", "/project/text", {
    body: { text },
    etag: etag === null ? "*" : `"${etag}"`,
  });
}
