/** What can be run: the scanners, job files and options of the project. */

import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type {
  ProjectListJobsData,
  ProjectListJobsResponse,
  ProjectListOptionsData,
  ProjectListOptionsResponse,
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

/** The table of options, which is there at once. */
export const optionTableQuery = queryOptions({
  queryKey: queryKeys.optionTable(),
  queryFn: ({ signal }) =>
    read<ProjectListOptionsData, ProjectListOptionsResponse>("/project/options", {
      query: { explain: false },
      signal,
    }),
});

/** The same with the values of the project, which a process of its own finds out. */
export const optionsQuery = queryOptions({
  queryKey: queryKeys.projectOptions(),
  queryFn: ({ signal }) =>
    read<ProjectListOptionsData, ProjectListOptionsResponse>("/project/options", { signal }),
});
