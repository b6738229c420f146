import { useQuery } from "@tanstack/react-query";
import { runningScansQuery } from "../../../api/live.ts";
import { scanQuery } from "../api/trial-queries.ts";

/** How a scan stands: from the stream while it runs, from its files else. */
export function useScanState(scanId: string) {
  const { data: running = {} } = useQuery(runningScansQuery);
  const live = Object.values(running).find((scan) => scan.scan_id === scanId);
  const stored = useQuery({ ...scanQuery(scanId), enabled: live === undefined || live.state !== "running" });
  const scan = live?.state === "running" ? live : (stored.data ?? live);
  return { scan, left: live?.left_seconds ?? null, error: stored.error, retry: stored.refetch };
}
