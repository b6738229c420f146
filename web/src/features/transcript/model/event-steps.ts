/** Steps to the next event that is wanted, page by page on the server. */

import type { QueryClient } from "@tanstack/react-query";
import type { EventItem } from "../../../api/generated/types.gen.ts";
import { isControl } from "../../../domain/events.ts";
import { EVENT_PAGE, eventPageQuery } from "../api/read-events.ts";
import type { TranscriptAddress } from "./address.ts";

type Wanted = (event: EventItem) => boolean;

export const isShown: Wanted = (event) => !isControl(event);
export const isCall: Wanted = (event) => event.kind === "tool";
export const isFailed: Wanted = (event) => event.error === true || event.kind === "error";

/** After so many pages without one the search is over. */
const MOST_PAGES = 200;

/** The number of the next event (or the one before) that is wanted; null where there is none. */
export async function findEvent(
  queries: QueryClient,
  at: TranscriptAddress,
  from: number,
  direction: 1 | -1,
  wanted: Wanted,
): Promise<number | null> {
  let page = Math.floor((from - 1 + direction) / EVENT_PAGE);
  for (let looked = 0; looked < MOST_PAGES && page >= 0; looked += 1) {
    const { items } = await queries.fetchQuery(eventPageQuery(at, page));
    if (items.length === 0) return null;
    const ahead = items.filter(
      (event) => (direction === 1 ? event.number > from : event.number < from) && wanted(event),
    );
    const found = direction === 1 ? ahead[0] : ahead.at(-1);
    if (found !== undefined) return found.number;
    page += direction;
  }
  return null;
}
