import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

const RECENT = 30;

/** The newest scans, whose verdicts can be shown. */
export function recentScansQuery() {
  const asked = { limit: RECENT };
  return queryOptions({
    queryKey: queryKeys.scans(asked),
    queryFn: ({ signal }) => read("/scans", { query: asked, signal }),
  });
}
