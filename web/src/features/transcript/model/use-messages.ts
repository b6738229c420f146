import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { characterCount } from "../../../domain/offsets.ts";
import { messagePageQuery, messageTextQuery, PAGE, TEXT_CHARACTERS } from "../api/read-messages.ts";
import { minimapQuery } from "../api/read-minimap.ts";
import type { TranscriptAddress } from "./address.ts";
import { useReading, useTranscript } from "./transcript-context.ts";
import { pagesFor } from "./windows.ts";

export interface LoadedMessages {
  lookup: (number: number) => MessageItem | undefined;
  total: number | null;
  error: Error | null;
  isLoaded: boolean;
  retry: () => void;
}

/** Messages around what is seen. */
export function useMessages(at: TranscriptAddress, first: number, last: number, total: number): LoadedMessages {
  const pages = pagesFor(first, last, total, PAGE, PAGE / 2);
  const found = useQueries({ queries: pages.map((page) => messagePageQuery(at, page)) });
  const isRead = useQuery({ ...minimapQuery(at), select: () => true }).data === true;
  useEffect(() => {
    for (const page of found) if (isRead && page.data?.isTimed === false && !page.isFetching) void page.refetch();
  });
  const lookup = (number: number) => {
    const page = Math.floor((number - 1) / PAGE);
    return found[page - (pages[0] ?? 0)]?.data?.items[(number - 1) % PAGE];
  };
  return {
    lookup,
    total: found.map((each) => each.data?.total ?? null).find((each) => each !== null) ?? null,
    error: found.find((each) => each.error !== null)?.error ?? null,
    isLoaded: found.some((each) => each.data !== undefined),
    retry: () => {
      for (const each of found) if (each.error !== null) void each.refetch();
    },
  };
}

export interface MessageText {
  message: MessageItem;
  /** Characters of it that were skipped. */
  from: number;
  isLoading: boolean;
  loadMore: () => void;
  loadBefore: () => void;
}

/** A message with as much of its text as was asked for; a hit behind what is loaded asks for the part that it is in. */
export function useMessageText(message: MessageItem): MessageText {
  const { at, reading, hit, hits, sought: kind } = useTranscript();
  const { number } = message;
  const start = useReading(reading, (state) => state.texts.get(number));
  const query = useInfiniteQuery({
    ...messageTextQuery(at, number, start ?? 0),
    enabled: start !== undefined,
  });
  const sought = kind === "message" && hit?.number === number ? hits.get(number)?.spans[hit.place]?.[0] : undefined;
  const parts = query.data?.pages ?? [];
  const from = parts.length === 0 ? 0 : Number(query.data?.pageParams[0] ?? 0) * TEXT_CHARACTERS;
  const text = parts.length === 0 ? message.text : parts.map((part) => part.items[0]?.text ?? "").join("");
  const folded = parts.at(-1)?.items[0]?.folded ?? message.folded;
  const to = from + (sought === undefined ? 0 : characterCount(text));
  const isSoughtElsewhere = sought !== undefined && !query.isFetching && (sought < from || sought >= to);
  useEffect(() => {
    if (isSoughtElsewhere) reading.openText(number, Number(sought));
  }, [isSoughtElsewhere, reading, number, sought]);
  return {
    message: parts.length === 0 ? message : { ...message, text, folded },
    from,
    isLoading: query.isFetching,
    loadMore: () => {
      if (start === undefined) reading.openText(number);
      else if (query.hasNextPage) void query.fetchNextPage();
    },
    loadBefore: () => void query.fetchPreviousPage(),
  };
}
