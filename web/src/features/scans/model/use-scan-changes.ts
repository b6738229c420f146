import { useMutation, useQueryClient } from "@tanstack/react-query";
import { read, send } from "../../../api/client.ts";
import type { ResumeAsked, RunItem, ScanItem } from "../../../api/generated/types.gen.ts";
import { runningScansQuery } from "../../../api/live.ts";
import { toast } from "../../../ui/toast.ts";
import { folderOf } from "./scan-list.ts";

export type ChangedScan = Pick<ScanItem, "scan_id" | "name" | "location">;

const LOOK_MS = 700;
const LONG_MS = 20_000;

export function deleteScan({ scan_id, location }: ChangedScan, dry_run: boolean) {
  return send("DELETE", "/scans/{scan_id}", { path: { scan_id }, query: { location: folderOf(location), dry_run } });
}

/** Resume, complete and cancel scans: what was refused is told where the reader is. */
export function useScanChanges() {
  const queries = useQueryClient();
  const onSettled = async () => {
    await queries.invalidateQueries({ queryKey: ["scans"] });
    await queries.invalidateQueries({ queryKey: runningScansQuery.queryKey });
  };
  const onError = (error: Error) => toast(error.message, { tone: "error" });
  const named = ({ scan_id, location }: ChangedScan) => ({
    path: { scan_id },
    query: { location: folderOf(location) },
  });
  const resume = useMutation({
    mutationFn: async ({ scan, how = {} }: { scan: ChangedScan; how?: ResumeAsked }) =>
      begun(await send("POST", "/scans/{scan_id}/resume", { ...named(scan), body: how }), onSettled),
    onSettled,
    onError: (error, { scan }) => {
      if (!error.message.includes("--rescan-changed")) return onError(error);
      const run = () => resume.mutate({ scan, how: { rescan_changed: true } });
      return toast(error.message, { tone: "error", action: { label: "Scan again what was changed", run } });
    },
  });
  const complete = useMutation({
    mutationFn: async (scan: ChangedScan) =>
      begun(await send("POST", "/scans/{scan_id}/complete", named(scan)), onSettled),
    onSettled,
    onError,
  });
  const cancel = useMutation({
    mutationFn: (scan: ChangedScan) => send("POST", "/scans/{scan_id}/cancel", named(scan)),
    onSuccess: (_, { name }) => toast(`${name} was asked to end. What is recorded stays; it can be resumed.`),
    onSettled,
    onError,
  });
  return { resume, complete, cancel };
}

/**
 * Look at a run until it has ended or has gone on for a while; throws if it failed. It may run on: only what ends it at
 * once is told here, the rest by the server.
 */
async function begun(run: RunItem, settle: () => Promise<void>): Promise<void> {
  const since = Date.now();
  let stands = run;
  while (stands.state === "running" && Date.now() - since < LONG_MS) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const { items } = await read("/runs");
    stands = items.find(({ run_id }) => run_id === run.run_id) ?? stands;
    if (stands.state === "running" && stands.scan_id !== null) await settle();
  }
  if (stands.state === "failed") throw new Error(stands.problem ?? "The scan failed.");
}
