/** Files of labelled cases, and one case of a file: what several places read and write. */

import { queryOptions } from "@tanstack/react-query";
import { keyOf } from "./ask.ts";
import { caseKey } from "./case-key.ts";
import { read, send, sendTagged } from "./client.ts";
import { ServerError } from "./connection.ts";
import type { LabelCaseItem } from "./generated/types.gen.ts";

export interface KnownCase {
  /** What the file says of the transcript; null: nothing yet. */
  fields: Record<string, unknown> | null;
  /** The state of the file that is written over next. */
  etag: string;
}

/** The case of a file that is about a transcript. */
export function labelCaseQuery(file: string, id: string) {
  const path = { file, key: caseKey(id) };
  return queryOptions({
    queryKey: keyOf("/labels/{file}/cases/{key}", { path }),
    queryFn: async ({ signal }): Promise<KnownCase> => {
      try {
        const { content, etag } = await sendTagged("GET", "/labels/{file}/cases/{key}", { path, signal });
        if (etag !== null) return { fields: content.fields, etag };
        throw new ServerError(502, "The server gave a label without its state. Reload the page.");
      } catch (error) {
        if (!(error instanceof ServerError) || error.status !== 404) throw error;
        // No case yet. Its first label must not write over what somebody else says meanwhile, so the state of the file is asked.
        const cases = await read("/labels/{file}", { path: { file }, query: { limit: 1 }, signal });
        return { fields: null, etag: cases.etag };
      }
    },
    enabled: file !== "",
  });
}

export function putCase(file: string, key: string, fields: LabelCaseItem["fields"], etag: string) {
  return send("PUT", "/labels/{file}/cases/{key}", { path: { file, key }, body: fields, etag });
}

export function deleteCase(file: string, key: string, etag: string) {
  return send("DELETE", "/labels/{file}/cases/{key}", { path: { file, key }, etag });
}
