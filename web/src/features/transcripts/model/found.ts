/** What a search over all transcripts has found so far. */

import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";
import type { Mark } from "../../../domain/marks.ts";
import { unitsOf } from "../../../domain/offsets.ts";

export interface Found {
  /** Transcripts that have the text, in the order of the list. */
  ids: readonly string[];
  hits: ReadonlyMap<string, readonly TranscriptHit[]>;
  /** Hits that were told: of more than the server tells, it tells the number only. */
  told: number;
  progress: TranscriptFindProgress | null;
}

export const NOTHING_FOUND: Found = { ids: [], hits: new Map(), told: 0, progress: null };

export type FindEvent = TranscriptHit | TranscriptFindProgress;

/** Add what the server has told since. */
export function withEvents(found: Found, events: readonly FindEvent[]): Found {
  const hits = new Map(found.hits);
  let { told, progress } = found;
  for (const event of events) {
    if ("searched" in event) {
      progress = event;
    } else if (typeof event.transcript_id === "string") {
      hits.set(event.transcript_id, [...(hits.get(event.transcript_id) ?? []), event]);
      told += 1;
    }
  }
  // A map keeps the order in which its keys came.
  return { ids: [...hits.keys()], hits, told, progress };
}

/** Characters before the first mark that are shown. */
const BEFORE = 60;
const AFTER = 240;

/** The text around the first place where it was found, short enough for two lines. */
export function excerptOf({ text, offset, spans }: TranscriptHit) {
  const units = unitsOf(text);
  const places = spans.map(([from, to]) => [units(from - offset), units(to - offset)] as const);
  const first = places[0]?.[0] ?? 0;
  const start = first > BEFORE ? boundary(text, first - BEFORE) : 0;
  const stop = Math.min(text.length, boundary(text, first + AFTER));
  const marks: Mark[] = places
    .filter(([from, to]) => from < stop && to > start)
    .map(([from, to]) => ({ start: from - start, stop: Math.min(to, stop) - start, kind: "hit" }));
  return {
    // One character for one, so that the marks stay where they are.
    text: text.slice(start, stop).replace(/\s/g, " "),
    marks,
    /** Whether something stands before and behind it. */
    cut: { before: start > 0 || offset > 0, after: stop < text.length },
  };
}

/** A place where no character is cut in two. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
}
