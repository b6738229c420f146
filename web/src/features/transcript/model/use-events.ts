import { useQueries } from "@tanstack/react-query";
import type { EventItem } from "../../../api/generated/types.gen.ts";
import { EVENT_PAGE, eventPageQuery } from "../api/read-events.ts";
import type { TranscriptAddress } from "./address.ts";
import { pagesFor } from "./windows.ts";

/** Events around what is seen. */
export function useEvents(at: TranscriptAddress, first: number, last: number, total: number) {
  const pages = pagesFor(first, last, total, EVENT_PAGE, EVENT_PAGE / 2);
  const found = useQueries({ queries: pages.map((page) => eventPageQuery(at, page)) });
  return {
    lookup: (number: number): EventItem | undefined => {
      const page = Math.floor((number - 1) / EVENT_PAGE);
      return found[page - (pages[0] ?? 0)]?.data?.items[(number - 1) % EVENT_PAGE];
    },
    total: found.map((each) => each.data?.total ?? null).find((each) => each !== null) ?? null,
    error: found.find((each) => each.error !== null)?.error ?? null,
    isLoaded: found.some((each) => each.data !== undefined),
    retry: () => {
      for (const each of found) if (each.error !== null) void each.refetch();
    },
  };
}
