/** Steps to the next call, error or citation: what is not loaded is looked for on the server, window by window. */

import type { QueryClient } from "@tanstack/react-query";
import type { OutlineTurn } from "../../../api/generated/types.gen.ts";
import { minimapQuery } from "../api/read-minimap.ts";
import { outlineQuery } from "../api/read-outline.ts";
import type { TranscriptAddress } from "./address.ts";

type Wanted = (turn: OutlineTurn) => boolean;

export const isTurn: Wanted = () => true;
export const hasCall: Wanted = (turn) => (turn.calls ?? []).length > 0;
export const hasError: Wanted = (turn) => turn.error === true;

const WINDOW = 200;
/** After so many windows without one the search is over: 40 000 messages. */
const MOST_WINDOWS = 200;

/** The number of the next (or the one before) message that is wanted; null where there is none. */
export async function findTurn(
  queries: QueryClient,
  at: TranscriptAddress,
  from: number,
  direction: 1 | -1,
  wanted: Wanted,
): Promise<number | null> {
  let start = await firstWindow(queries, at, from, direction, wanted);
  for (let looked = 0; looked < MOST_WINDOWS && start !== null; looked += 1) {
    const { turns, next } = await queries.fetchQuery(outlineQuery(at, start, WINDOW));
    const inside = turns.filter((turn) => (direction === 1 ? turn.number > from : turn.number < from));
    const found = direction === 1 ? inside.find(wanted) : inside.findLast(wanted);
    if (found !== undefined) return found.number;
    if (direction === 1) start = next;
    else start = start > 1 ? Math.max(1, start - WINDOW) : null;
  }
  return null;
}

/** Where looking begins. Errors are rare: the map of the whole tells which part has one. */
async function firstWindow(
  queries: QueryClient,
  at: TranscriptAddress,
  from: number,
  direction: 1 | -1,
  wanted: Wanted,
): Promise<number | null> {
  const near = direction === 1 ? from + 1 : Math.max(1, from - WINDOW);
  if (wanted !== hasError) return near;
  const { buckets } = await queries.ensureQueryData(minimapQuery(at));
  const failing = buckets.filter((bucket) => bucket.errors > 0);
  const ahead =
    direction === 1 ? failing.find((bucket) => bucket.stop > from) : failing.findLast((bucket) => bucket.start < from);
  if (ahead === undefined) return null;
  // The result that failed may be the first of its part, and its call the last of the one before.
  return direction === 1 ? Math.max(1, Math.min(ahead.start, from + 1) - 20) : Math.max(1, ahead.stop - WINDOW);
}
