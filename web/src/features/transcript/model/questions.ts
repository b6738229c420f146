/** What the reading view asks of one transcript, where several parts of it ask the same. */

import { queryOptions } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import { addressOf } from "../../../api/client.ts";
import { isInEditor } from "../../../api/editor.ts";

export interface TranscriptAddress {
  id: string;
  /** Where it is; undefined: where the project has its transcripts. */
  location: string | undefined;
}

/** Messages, or events, that are read at once. */
export const PAGE = 50;

const WHILE_BEING_READ_MS = 1000;
/** Few pages are kept: a tab holds what is seen. */
export const KEPT_MS = 60_000;
const EVENT_CHARACTERS = 4000;
const MOST_AGENTS = 200;
const BUCKETS = 300;

/** The page, from 0, that has the message or event with a number. */
export function pageOf(number: number): number {
  return Math.floor((number - 1) / PAGE);
}

/** Pages (from 0) of what stands from one number to another, with a margin on both sides. */
export function pagesFor(first: number, last: number, total: number, size: number, margin: number): number[] {
  const from = Math.max(0, Math.floor((Math.max(1, first) - 1 - margin) / size));
  const end = Math.max(1, Math.min(total, last + margin));
  const to = Math.max(from, Math.floor((end - 1) / size));
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

/** `timed`: also what calls took, which is known once all of the transcript is read: then its map is there. */
export function messagePage({ id, location }: TranscriptAddress, page: number, timed: boolean) {
  const start = page * PAGE + 1;
  return queryOptions({
    ...ask("/transcripts/{id}/messages", { path: { id }, query: { start, stop: start + PAGE, timed, location } }),
    gcTime: KEPT_MS,
    refetchInterval: ({ state }) => (state.data?.total === null ? WHILE_BEING_READ_MS : false),
  });
}

export function eventPage(at: TranscriptAddress, page: number) {
  return eventRange(at, page * PAGE + 1, (page + 1) * PAGE + 1);
}

export function eventRange({ id, location }: TranscriptAddress, start: number, stop: number) {
  const query = { start, stop, characters: EVENT_CHARACTERS, location };
  return { ...ask("/transcripts/{id}/events", { path: { id }, query }), gcTime: KEPT_MS };
}

/** Turns from the message with a number on. */
export function outlineFrom({ id, location }: TranscriptAddress, start: number, limit: number) {
  return {
    ...ask("/transcripts/{id}/outline", { path: { id }, query: { start, limit, location } }),
    gcTime: KEPT_MS,
  };
}

export function minimapOf({ id, location }: TranscriptAddress) {
  return ask("/transcripts/{id}/minimap", { path: { id }, query: { buckets: BUCKETS, location } });
}

/** The sub-agents, the first ones: what each was asked and answered, and what that took. */
export function agentsOf({ id, location }: TranscriptAddress) {
  return ask("/transcripts/{id}/agents", { path: { id }, query: { limit: MOST_AGENTS, characters: 600, location } });
}

/** The newest scans, whose verdicts can be shown. */
export const RECENT_SCANS = ask("/scans", { query: { limit: 30 } });

/** Whether a browser can open what the server has as it is: an editor loads nothing by its address. */
export const canOpenRaw = !isInEditor;

/** Where the server gives a message or an event as the log has it. */
export function rawAddress({ id, location }: TranscriptAddress, kind: "message" | "event", number: number): string {
  const asked = { path: { id, number }, query: { location } };
  return kind === "message"
    ? addressOf("/transcripts/{id}/messages/{number}", asked)
    : addressOf("/transcripts/{id}/events/{number}", asked);
}
