/** Steps to the next message or event that is wanted: what is not loaded is looked for on the server, window by window. */

import type { QueryClient } from "@tanstack/react-query";
import type { EventItem, OutlineTurn } from "../../../api/generated/types.gen.ts";
import type { ItemKind } from "../../../domain/citations.ts";
import { isControl } from "../../../domain/events.ts";
import { eventPage, minimapOf, outlineFrom, PAGE, pageOf, type TranscriptAddress } from "./questions.ts";

export type StepKind = "turn" | "call" | "error";

const TURNS: Record<StepKind, (turn: OutlineTurn) => boolean> = {
  turn: () => true,
  call: (turn) => (turn.calls ?? []).length > 0,
  error: (turn) => turn.error === true,
};
const EVENTS: Record<StepKind, (event: EventItem) => boolean> = {
  turn: (event) => !isControl(event),
  call: (event) => event.kind === "tool",
  error: (event) => event.error === true || event.kind === "error",
};
const TURN_WINDOW = 200;
/** After so many windows without one the search is over: 40 000 messages, or 10 000 events. */
const MOST_WINDOWS = 200;

interface Step {
  from: number;
  direction: 1 | -1;
  kind: StepKind;
}

/** The number of the next (or the one before) that is wanted; null where there is none. */
export async function findStep(queries: QueryClient, at: TranscriptAddress, shown: ItemKind, step: Step) {
  if (shown === "message") {
    const read = async (start: number) => {
      const { turns, next } = await queries.fetchQuery(outlineFrom(at, start, TURN_WINDOW));
      return { items: turns, next };
    };
    return await walk(read, TURN_WINDOW, await firstWindow(queries, at, step), step, TURNS[step.kind]);
  }
  const first = pageOf(step.from + step.direction);
  const read = async (start: number) => {
    const { items } = await queries.fetchQuery(eventPage(at, pageOf(start)));
    return { items, next: items.length === 0 ? null : start + PAGE };
  };
  return await walk(read, PAGE, first < 0 ? null : first * PAGE + 1, step, EVENTS[step.kind]);
}

async function walk<Item extends { number: number }>(
  read: (start: number) => Promise<{ items: readonly Item[]; next: number | null }>,
  size: number,
  first: number | null,
  { from, direction }: Step,
  isWanted: (item: Item) => boolean,
): Promise<number | null> {
  let start = first;
  for (let looked = 0; looked < MOST_WINDOWS && start !== null; looked += 1) {
    const { items, next } = await read(start);
    const ahead = items.filter((item) => (item.number - from) * direction > 0 && isWanted(item));
    const found = direction === 1 ? ahead[0] : ahead.at(-1);
    if (found !== undefined) return found.number;
    const before = start > 1 ? Math.max(1, start - size) : null;
    start = direction === 1 ? next : before;
  }
  return null;
}

/** Where looking begins. Errors are rare: the map of the whole tells which part has one. */
async function firstWindow(queries: QueryClient, at: TranscriptAddress, { from, direction, kind }: Step) {
  if (kind !== "error") return direction === 1 ? from + 1 : Math.max(1, from - TURN_WINDOW);
  const { buckets } = await queries.ensureQueryData(minimapOf(at));
  const failing = buckets.filter((bucket) => bucket.errors > 0);
  if (direction === 1) {
    const ahead = failing.find((bucket) => bucket.stop > from);
    // The result that failed may be the first of its part, and its call the last of the one before.
    return ahead === undefined ? null : Math.max(1, Math.min(ahead.start, from + 1) - 20);
  }
  const ahead = failing.findLast((bucket) => bucket.start < from);
  return ahead === undefined ? null : Math.max(1, ahead.stop - TURN_WINDOW);
}
