import { queryOptions } from "@tanstack/react-query";
import { send } from "../../../api/client.ts";
import type {
  DryRunItem,
  NewRun,
  RunItem,
  RunsCancelScanData,
  RunsCancelScanResponse,
  RunsStartRunData,
} from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** Count what a job would scan. It takes a process of its own, hence seconds. */
export function dryRunQuery(job: object) {
  return queryOptions({
    queryKey: queryKeys.dryRun(job),
    queryFn: ({ signal }) =>
      send<RunsStartRunData, DryRunItem>("POST", "/runs", {
        body: { job, dry_run: true } as NewRun,
        signal,
      }),
    retry: false,
  });
}

/** Start a job in a process of its own, which goes on when the page is closed. */
export function startRun(job: object): Promise<RunItem> {
  return send<RunsStartRunData, RunItem>("POST", "/runs", { body: { job } as NewRun });
}

/** Ask the process of a scan to end it; what is done stays, and can be gone on with. */
export function cancelScan(scanId: string, scans: string): Promise<RunsCancelScanResponse> {
  return send<RunsCancelScanData, RunsCancelScanResponse>("POST", "/scans/{scan_id}/cancel", {
    path: { scan_id: scanId },
    query: { location: scans },
  });
}
