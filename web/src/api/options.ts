/** The table of options of a scan, which forms of several places are made of. */

import { queryOptions } from "@tanstack/react-query";
import { read } from "./client.ts";
import { queryKeys } from "./query-keys.ts";

/** What options there are, which is known at once. */
export const optionTableQuery = queryOptions({
  queryKey: queryKeys.optionTable(),
  queryFn: ({ signal }) =>
    read("/project/options", {
      query: { explain: false },
      signal,
    }),
});

/** The same with the values of the project and where they come from, which a process of its own finds out. */
export const optionsQuery = queryOptions({
  queryKey: queryKeys.projectOptions(),
  queryFn: ({ signal }) => read("/project/options", { signal }),
});
