import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

const MOST = 200;

/** The sub-agents of a transcript, the first ones: what each was asked and answered, and what that took. */
export function agentsQuery(at: TranscriptAddress) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "agents"),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/agents", {
        path: { id: at.id },
        query: { limit: MOST, characters: 600, location: at.location ?? null },
        signal,
      }),
  });
}
