import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** The newest scans, of one scanner if it is given. */
export function scansOfScannerQuery(scanner: string | undefined, limit: number) {
  const asked = { limit, scanner: scanner === undefined ? [] : [scanner] };
  return queryOptions({
    queryKey: queryKeys.scans(asked),
    queryFn: ({ signal }) => read("/scans", { query: asked, signal }),
  });
}

export type Strata = "value" | "task" | "model" | "none";

export interface QueueAsked {
  scan: string;
  scanner: string;
  size: number;
  by: Strata;
  seed: number;
}

/** Results to label, without what their scanner said. */
export function queueQuery({ scan, scanner, ...asked }: QueueAsked) {
  return queryOptions({
    queryKey: queryKeys.labelQueue({ scan, scanner, ...asked }),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/queue", {
        path: { scan_id: scan, scanner },
        query: asked,
        signal,
      }),
  });
}

/** What a scanner said of an input, and the messages that it cites; `result` may be the id of a transcript. */
export function evidenceQuery(scan: string, scanner: string, result: string) {
  return queryOptions({
    queryKey: queryKeys.labelEvidence({ scan, scanner, result }),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/results/{id}/evidence", {
        path: { scan_id: scan, scanner, id: result },
        signal,
      }),
  });
}
