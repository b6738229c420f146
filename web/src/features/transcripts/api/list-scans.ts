import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

const NEWEST = 100;

/** The newest scans, whose verdicts can be shown. */
export function newestScansQuery() {
  const query = { limit: NEWEST };
  return queryOptions({
    queryKey: queryKeys.scans(query),
    queryFn: ({ signal }) => read("/scans", { query, signal }),
  });
}
