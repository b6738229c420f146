import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

/** What results of scans say of a transcript, and what they cite. */
export function citationsQuery(at: TranscriptAddress, scans: readonly string[]) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "citations", scans),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/citations", {
        path: { id: at.id },
        query: { scan: [...scans], location: at.location ?? null },
        signal,
      }),
    enabled: scans.length > 0,
  });
}
