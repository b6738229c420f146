import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

/** Turns from the message with a number on. */
export function outlineQuery(at: TranscriptAddress, start: number, limit: number) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "outline", [start, limit]),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/outline", {
        path: { id: at.id },
        query: { start, limit, location: at.location ?? null },
        signal,
      }),
    gcTime: 60_000,
  });
}
