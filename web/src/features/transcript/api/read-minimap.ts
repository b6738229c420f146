import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

const BUCKETS = 300;

export function minimapQuery(at: TranscriptAddress) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "minimap"),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/minimap", {
        path: { id: at.id },
        query: { buckets: BUCKETS, location: at.location ?? null },
        signal,
      }),
  });
}
