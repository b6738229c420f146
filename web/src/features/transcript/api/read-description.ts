import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

/** What is known of a transcript without reading it. */
export function descriptionQuery(at: TranscriptAddress) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "description"),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}", {
        path: { id: at.id },
        query: { location: at.location ?? null },
        signal,
      }),
  });
}
