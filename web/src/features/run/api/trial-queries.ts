/** The results of a scan that was tried on a few transcripts, and what they rest on. */

import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export function scanQuery(scanId: string) {
  return queryOptions({
    queryKey: queryKeys.runScan(scanId),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}", {
        path: { scan_id: scanId },
        query: { findings: false },
        signal,
      }),
  });
}

/** `done`: how far the scan is, so that its results are asked for again when there are more. */
export function trialResultsQuery(scanId: string, scanner: string, done: number) {
  const columns = ["uuid", "transcript_id", "transcript_task_set", "transcript_task_id", "transcript_task_repeat"];
  return queryOptions({
    queryKey: queryKeys.trialResults(scanId, scanner, done),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/results", {
        path: { scan_id: scanId, scanner },
        query: {
          limit: 50,
          columns: [...columns, "value", "label", "answer", "explanation", "scan_error"],
        },
        signal,
      }),
  });
}

export function trialEvidenceQuery(scanId: string, scanner: string, id: string) {
  return queryOptions({
    queryKey: queryKeys.trialEvidence(scanId, scanner, id),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/results/{id}/evidence", {
        path: { scan_id: scanId, scanner, id },
        signal,
      }),
  });
}
