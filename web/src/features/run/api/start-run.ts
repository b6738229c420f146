import { queryOptions } from "@tanstack/react-query";
import { send } from "../../../api/client.ts";
import type { DryRunItem, NewRun, RunItem, RunsCancelScanResponse } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** Count what a job would scan. It takes a process of its own, hence seconds. */
export function dryRunQuery(job: object) {
  return queryOptions({
    queryKey: queryKeys.dryRun(job),
    queryFn: async ({ signal }) =>
      (await send("POST", "/runs", { body: { job, dry_run: true } as NewRun, signal })) as DryRunItem,
    retry: false,
  });
}

/** Start a job in a process of its own, which goes on when the page is closed. */
export async function startRun(job: object): Promise<RunItem> {
  return (await send("POST", "/runs", { body: { job } as NewRun })) as RunItem;
}

/** Ask the process of a scan to end it; what is done stays, and can be gone on with. */
export function cancelScan(scanId: string, scans: string): Promise<RunsCancelScanResponse> {
  return send("POST", "/scans/{scan_id}/cancel", {
    path: { scan_id: scanId },
    query: { location: scans },
  });
}
