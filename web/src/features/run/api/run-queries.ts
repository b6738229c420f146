/** What can be run: the scanners and job files of the project. */

import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type {
  ProjectListJobsData,
  ProjectListJobsResponse,
  ProjectListScannersData,
  ProjectListScannersResponse,
} from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export const scannersQuery = queryOptions({
  queryKey: queryKeys.projectScanners(),
  queryFn: ({ signal }) =>
    read<ProjectListScannersData, ProjectListScannersResponse>("/project/scanners", { signal }),
});

export const jobsQuery = queryOptions({
  queryKey: queryKeys.projectJobs(),
  queryFn: ({ signal }) => read<ProjectListJobsData, ProjectListJobsResponse>("/project/jobs", { signal }),
});
