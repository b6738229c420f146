import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type { ScansListScansData, ScansListScansResponse } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export type ScansAsked = NonNullable<ScansListScansData["query"]>;

export function scansQuery(asked: ScansAsked) {
  return queryOptions({
    queryKey: queryKeys.scans(asked),
    queryFn: ({ signal }) =>
      read<ScansListScansData, ScansListScansResponse>("/scans", { query: asked, signal }),
  });
}
