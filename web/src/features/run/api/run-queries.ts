/** What can be run: the scanners and job files of the project. */

import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export const scannersQuery = queryOptions({
  queryKey: queryKeys.projectScanners(),
  queryFn: ({ signal }) => read("/project/scanners", { signal }),
});

export const jobsQuery = queryOptions({
  queryKey: queryKeys.projectJobs(),
  queryFn: ({ signal }) => read("/project/jobs", { signal }),
});
