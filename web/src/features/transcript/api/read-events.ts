import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";

export const EVENT_PAGE = 50;
const CHARACTERS = 4000;

/** A page of events, from 0. */
export function eventPageQuery(at: TranscriptAddress, page: number) {
  return eventRangeQuery(at, page * EVENT_PAGE + 1, (page + 1) * EVENT_PAGE + 1);
}

/** Events from one number to another. */
export function eventRangeQuery(at: TranscriptAddress, start: number, stop: number) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "events", [start, stop]),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/events", {
        path: { id: at.id },
        query: { start, stop, characters: CHARACTERS, location: at.location ?? null },
        signal,
      }),
    gcTime: 60_000,
  });
}

/** The events of a kind, the first ones. */
export function eventsOfKindQuery(at: TranscriptAddress, kind: string) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "events of kind", kind),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/events", {
        path: { id: at.id },
        query: { types: [kind], stop: 500, characters: 300, location: at.location ?? null },
        signal,
      }),
  });
}

/** One event as a whole, with the input of a model. */
export function eventBodyQuery(at: TranscriptAddress, number: number) {
  return queryOptions({
    queryKey: queryKeys.transcript(at, "event", number),
    queryFn: ({ signal }) =>
      read("/transcripts/{id}/events/{number}", {
        path: { id: at.id, number },
        query: { location: at.location ?? null },
        signal,
      }),
    gcTime: 30_000,
  });
}
