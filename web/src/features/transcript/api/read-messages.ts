import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type { TranscriptsGetMessagesResponse } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { TranscriptAddress } from "../model/address.ts";
import { minimapQuery } from "./read-minimap.ts";

export const PAGE = 50;
/** Characters that are read at once of a message that somebody opens. */
export const TEXT_CHARACTERS = 20_000;

const WHILE_BEING_READ_MS = 1000;

export type MessagePage = TranscriptsGetMessagesResponse & {
  /** Whether it says what calls took, which is known once all of the transcript is read: then its map is there. */
  isTimed: boolean;
};

/** A page of messages, from 0. */
export function messagePageQuery(at: TranscriptAddress, page: number) {
  const start = page * PAGE + 1;
  return queryOptions({
    queryKey: queryKeys.transcript(at, "messages", page),
    queryFn: async ({ signal, client }): Promise<MessagePage> => {
      const isTimed = client.getQueryData(minimapQuery(at).queryKey) !== undefined;
      const found = await read("/transcripts/{id}/messages", {
        path: { id: at.id },
        query: { start, stop: start + PAGE, timed: isTimed, location: at.location ?? null },
        signal,
      });
      return { ...found, isTimed };
    },
    // Few pages are kept: a tab holds what is seen.
    gcTime: 60_000,
    refetchInterval: ({ state }) => (state.data?.total === null ? WHILE_BEING_READ_MS : false),
  });
}

/** The text of one message in parts, from the part that has a character on. */
export function messageTextQuery(at: TranscriptAddress, number: number, character: number) {
  const first = Math.floor(character / TEXT_CHARACTERS);
  return infiniteQueryOptions({
    queryKey: queryKeys.transcript(at, "text", [number, first]),
    queryFn: ({ signal, pageParam }) =>
      read("/transcripts/{id}/messages", {
        path: { id: at.id },
        query: {
          start: number,
          stop: number + 1,
          characters: TEXT_CHARACTERS,
          offset: pageParam * TEXT_CHARACTERS,
          location: at.location ?? null,
        },
        signal,
      }),
    initialPageParam: first,
    getNextPageParam: (last, _, part) => ((last.items[0]?.folded ?? 0) > 0 ? part + 1 : undefined),
    getPreviousPageParam: (_, __, part) => (part > 0 ? part - 1 : undefined),
    gcTime: 60_000,
  });
}

/** One message as the log has it. */
export async function readMessage(at: TranscriptAddress, number: number): Promise<unknown> {
  const { body } = await read("/transcripts/{id}/messages/{number}", {
    path: { id: at.id, number },
    query: { location: at.location ?? null },
  });
  return body;
}
