import { useMutation, useQueryClient } from "@tanstack/react-query";
import { read, send } from "../../../api/client.ts";
import type { ResumeAsked, RunItem, RunsDeleteScanResponse } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { toast } from "../../../ui/toast.ts";
import { folderOf } from "../model/scan-place.ts";

/** What is needed of a scan to change it. */
export interface ChangedScan {
  scan_id: string;
  name: string;
  location: string;
}

const LOOK_MS = 700;
const LONG_MS = 20_000;

function named({ scan_id, location }: ChangedScan) {
  return { path: { scan_id }, query: { location: folderOf(location) } };
}

export function deleteScan(scan: ChangedScan, dryRun: boolean): Promise<RunsDeleteScanResponse> {
  const { path, query } = named(scan);
  return send("DELETE", "/scans/{scan_id}", {
    path,
    query: { ...query, dry_run: dryRun },
  });
}

/** Resume, complete and cancel scans: what was refused is told where the reader is. */
export function useScanChanges() {
  const queries = useQueryClient();
  const settled = async () => {
    await queries.invalidateQueries({ queryKey: ["scans"] });
    await queries.invalidateQueries({ queryKey: queryKeys.running() });
  };
  const onError = (error: Error) => toast(error.message, { tone: "error" });
  const resume = useMutation({
    mutationFn: async ({ scan, how = {} }: { scan: ChangedScan; how?: ResumeAsked }) => {
      const run = await send("POST", "/scans/{scan_id}/resume", {
        ...named(scan),
        body: how,
      });
      // It runs on; only what ends it at once is told here, the rest by the server.
      return begun(run, settled);
    },
    onSettled: settled,
    onError: (error, { scan }) => {
      const again = (label: string, how: ResumeAsked) => ({
        label,
        run: () => resume.mutate({ scan, how }),
      });
      const isChanged = error.message.includes("--rescan-changed");
      const action = isChanged ? again("Scan again what was changed", { rescan_changed: true }) : undefined;
      toast(error.message, { tone: "error", ...(action !== undefined && { action }) });
    },
  });
  const complete = useMutation({
    mutationFn: async (scan: ChangedScan) =>
      begun(await send("POST", "/scans/{scan_id}/complete", named(scan)), settled),
    onSettled: settled,
    onError,
  });
  const cancel = useMutation({
    mutationFn: (scan: ChangedScan) => send("POST", "/scans/{scan_id}/cancel", named(scan)),
    onSuccess: (_, { name }) => toast(`${name} was asked to end. What is recorded stays; it can be resumed.`),
    onSettled: settled,
    onError,
  });
  return { resume, complete, cancel };
}

/** Look at a run until it has ended or has gone on for a while; throws if it failed. */
async function begun(run: RunItem, settled: () => Promise<void>): Promise<RunItem> {
  const since = Date.now();
  let stands = run;
  while (stands.state === "running" && Date.now() - since < LONG_MS) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const { items } = await read("/runs", {});
    stands = items.find(({ run_id }) => run_id === run.run_id) ?? stands;
    if (stands.state === "running" && stands.scan_id !== null) await settled();
  }
  if (stands.state === "failed") throw new Error(stands.problem ?? "The scan failed.");
  return stands;
}
