/** What a search has found so far, and the hit that one is at. */

import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";

export interface FindResult {
  /** Messages that have the text, in order. */
  hits: readonly TranscriptHit[];
  /** How often the text was found, also where hits are not told. */
  matches: number;
  done: boolean;
  /** Why it ended early. */
  stopped: string | null;
  error: string | null;
}

export const NOTHING_FOUND: FindResult = { hits: [], matches: 0, done: false, stopped: null, error: null };

export function withProgress(result: FindResult, progress: TranscriptFindProgress): FindResult {
  return {
    ...result,
    matches: progress.matches,
    done: progress.done ?? false,
    stopped: progress.stopped ?? null,
  };
}

/** A hit: the message (its place among those found), and which of the places in it. */
export interface HitPlace {
  item: number;
  place: number;
}

/** The first hit at a message or behind it, else the first of all; null while a nearer one may still come. */
export function firstHit({ hits, done }: Pick<FindResult, "hits" | "done">, from: number): HitPlace | null {
  const item = hits.findIndex((hit) => hit.number >= from);
  if (item >= 0) return { item, place: 0 };
  return done && hits.length > 0 ? { item: 0, place: 0 } : null;
}

export function stepHit(hits: readonly TranscriptHit[], at: HitPlace, direction: 1 | -1): HitPlace {
  const place = at.place + direction;
  if (place >= 0 && place < (hits[at.item]?.spans.length ?? 0)) return { item: at.item, place };
  const item = (at.item + direction + hits.length) % hits.length;
  return { item, place: direction === 1 ? 0 : Math.max(0, (hits[item]?.spans.length ?? 1) - 1) };
}

/** The number of a hit among all, from 1. */
export function hitNumber(hits: readonly TranscriptHit[], at: HitPlace): number {
  let before = 0;
  for (let item = 0; item < at.item; item += 1) before += hits[item]?.count ?? 0;
  return before + at.place + 1;
}
