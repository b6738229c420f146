import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

export interface ListAsked {
  where: string[];
  order_by: string[];
}

/** The transcripts beside one in the list that one came from. */
export function neighboursQuery(at: TranscriptAddress, list: ListAsked) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "neighbours", list),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/neighbours", {
        path: { id: at.id },
        query: { ...list, location: at.location ?? null },
        signal,
      }),
  });
}
