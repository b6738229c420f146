import { queryOptions } from "@tanstack/react-query";
import { read, send } from "../../../api/client.ts";
import { ServerError } from "../../../api/errors.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { Case, Fields } from "../model/cases.ts";

/** People write sets of hundreds; a page holds more than that. */
const LIMIT = 10_000;

export interface Cases {
  items: readonly Case[];
  total: number;
  /** The state of the file that is written over next; null: there is no file yet. */
  etag: string | null;
}

export function casesQuery(file: string) {
  return queryOptions({
    queryKey: queryKeys.labelCases(file),
    queryFn: async ({ signal }): Promise<Cases> => {
      try {
        const cases = await read("/labels/{file}", {
          path: { file },
          query: { limit: LIMIT },
          signal,
        });
        return { items: cases.items, total: cases.total, etag: `"${cases.etag}"` };
      } catch (error) {
        // The file is made with its first label.
        if (error instanceof ServerError && error.status === 404) return { items: [], total: 0, etag: null };
        throw error;
      }
    },
  });
}

/** Write all cases of a file. */
export function replaceCases(file: string, cases: readonly Fields[], etag: string) {
  return send("PUT", "/labels/{file}", {
    path: { file },
    body: { cases: [...cases] },
    etag,
  });
}
