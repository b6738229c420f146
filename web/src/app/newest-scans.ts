import { queryOptions } from "@tanstack/react-query";
import { read } from "../api/client.ts";
import { queryKeys } from "../api/query-keys.ts";

const MOST = 20;

/** The newest scans: whether there are any decides where the page begins, and the palette offers them. */
export const newestScansQuery = queryOptions({
  queryKey: queryKeys.newestScans(),
  queryFn: ({ signal }) => read("/scans", { query: { limit: MOST }, signal }),
});
