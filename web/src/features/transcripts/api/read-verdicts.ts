import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { idsCondition } from "../model/links.ts";

const COLUMNS = ["transcript_id", "value", "scan_error"];
/** A scanner may look at parts of a transcript one by one. */
const MOST_RESULTS = 1000;

/** What a scanner said of some transcripts. */
export function verdictsQuery(scan: string, scanner: string, ids: readonly string[]) {
  const asked = { scan, scanner, ids };
  return queryOptions({
    queryKey: queryKeys.transcriptVerdicts(asked),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/results", {
        path: { scan_id: scan, scanner },
        query: {
          where: idsCondition(ids),
          columns: COLUMNS,
          rows: "transcripts",
          limit: MOST_RESULTS,
          count: false,
        },
        signal,
      }),
  });
}
