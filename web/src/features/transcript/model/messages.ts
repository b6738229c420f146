/** Messages and events as far as they are loaded: around what is seen, with as much of their texts as was asked for. */

import { type UseQueryOptions, useInfiniteQuery, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keyOf } from "../../../api/ask.ts";
import { read } from "../../../api/client.ts";
import type { EventItem, MessageItem, MessageRange } from "../../../api/generated/types.gen.ts";
import { characterCount } from "../../../domain/offsets.ts";
import { KEPT_MS, messagePage, PAGE, pageOf, pagesFor } from "./questions.ts";
import { isOpened, useReading, useTranscript } from "./reading.ts";

export type Lookup<Item> = (number: number) => Item | undefined;

/** What is asked for a page, from 0. */
export type PageQuery<Item> = (page: number) => UseQueryOptions<Omit<MessageRange, "items"> & { items: Item[] }>;

/** Numbered items around what is seen. */
export function useNumbered<Item>(query: PageQuery<Item>, first: number, last: number, expected: number) {
  const pages = pagesFor(first, last, expected, PAGE, PAGE / 2);
  const found = useQueries({ queries: pages.map(query) });
  const lookup: Lookup<Item> = (number) => found[pageOf(number) - (pages[0] ?? 0)]?.data?.items[(number - 1) % PAGE];
  return {
    lookup,
    /** How many there are; null while that is not known. */
    total: found.map((each) => each.data?.total ?? null).find((each) => each !== null) ?? null,
    error: found.find((each) => each.error !== null)?.error ?? null,
    isLoaded: found.some((each) => each.data !== undefined),
    retry: () => {
      for (const each of found) if (each.error !== null) void each.refetch();
    },
  };
}

/** Pages of messages; what calls took comes later, once all of the transcript is read. */
export function useMessagePage() {
  const { at, map } = useTranscript();
  const queries = useQueryClient();
  return (page: number) => ({
    ...messagePage(at, page, map !== undefined),
    placeholderData: () => queries.getQueryData(messagePage(at, page, false).queryKey),
  });
}

/** Characters that are read at once of a message that somebody opens. */
const TEXT_CHARACTERS = 20_000;

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
  const { reading, hit, hits, sought: kind } = useTranscript();
  const { number } = message;
  const start = useReading(reading, (state) => state.texts.get(number));
  const query = useTextParts(number, start);
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

/** The text of a message in parts, from the part that has a character on; undefined: nobody asks for it. */
function useTextParts(number: number, character: number | undefined) {
  const { id, location } = useTranscript().at;
  const first = Math.floor((character ?? 0) / TEXT_CHARACTERS);
  const asked = { start: number, stop: number + 1, characters: TEXT_CHARACTERS, location };
  return useInfiniteQuery({
    queryKey: keyOf("/transcripts/{id}/messages", { path: { id }, query: asked }, "parts", first),
    queryFn: ({ signal, pageParam }): Promise<MessageRange> => {
      const query = { ...asked, offset: pageParam * TEXT_CHARACTERS };
      return read("/transcripts/{id}/messages", { path: { id }, query, signal });
    },
    initialPageParam: first,
    getNextPageParam: (last, _, part) => ((last.items[0]?.folded ?? 0) > 0 ? part + 1 : undefined),
    getPreviousPageParam: (_, __, part) => (part > 0 ? part - 1 : undefined),
    gcTime: KEPT_MS,
    enabled: character !== undefined,
  });
}

/** How a part of a message is folded, and what opens it. */
export function useFold(text: MessageText, part: number, unloaded: number) {
  const { reading, isOpen = false } = useTranscript();
  const { number } = text.message;
  const open = useReading(reading, (state) => isOpened(state.opened, number, part, isOpen));
  return {
    open,
    unloaded,
    loading: text.isLoading,
    onToggle: () => {
      if (unloaded > 0) text.loadMore();
      if (!open || unloaded === 0) reading.toggle(number, part, !open);
    },
  };
}

/** So far back a message is looked for whose event is known. */
const LOOK_BACK = 30;

/** The compactions that happened right before a message was made. */
export function compactionsBefore(events: readonly EventItem[], message: MessageItem, lookup: Lookup<MessageItem>) {
  const { event } = message;
  if (event == null || events.length === 0) return [];
  let previous = 0;
  for (let back = 1; back <= LOOK_BACK && previous === 0; back += 1) {
    previous = lookup(message.number - back)?.event ?? 0;
  }
  return events.filter((one) => one.number < event && one.number > previous);
}

/** Messages as Markdown, to be copied. */
export function messagesAsMarkdown(messages: readonly MessageItem[]): string {
  const written = messages.map((message) => {
    const more = message.folded > 0 ? `\n\n(${message.folded.toLocaleString("en")} more characters)` : "";
    const isOutput = message.role === "tool" || (message.calls ?? []).length > 0;
    return `## M${message.number} ${message.who}\n\n${isOutput ? fenced(message.text) : message.text}${more}`;
  });
  return written.join("\n\n");
}

/** A fence that is longer than any in the text: what is quoted cannot end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
