/** A text is looked for in all of a transcript: what was found so far, and the hit that one is at. */

import { useCallback, useEffect, useMemo, useState } from "react";
import { readStream } from "../../../api/client.ts";
import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";
import type { ItemKind } from "../../../domain/citations.ts";
import type { TranscriptAddress } from "./questions.ts";
import type { Reading } from "./reading.ts";

export interface Sought {
  text: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

interface FindResult {
  /** Messages (or events) that have the text, in order. */
  hits: readonly TranscriptHit[];
  /** How often the text was found, also where hits are not told. */
  matches: number;
  done: boolean;
  /** Why it ended early. */
  stopped: string | null;
  error: string | null;
}

/** A hit: the message (its place among those found), and which of the places in it. */
interface HitPlace {
  item: number;
  place: number;
}

const NOTHING_FOUND: FindResult = { hits: [], matches: 0, done: false, stopped: null, error: null };
/** Hits come in bursts: so often at most the page shows new ones. */
const SHOW_MS = 60;

/** Go to the first hit behind where one reads, and step through the others. */
export function useFind(at: TranscriptAddress, reading: Reading, kind: ItemKind, sought: Sought) {
  const [result, setResult] = useState(NOTHING_FOUND);
  const [place, setPlace] = useState<HitPlace | null>(null);
  const { text, regex, case: isCase, word } = sought;
  useEffect(() => {
    setResult(NOTHING_FOUND);
    setPlace(null);
    if (text === "") return;
    const aborter = new AbortController();
    const from = reading.state.current;
    void follow(at, kind, { text, regex, case: isCase, word }, aborter.signal, (now) => {
      setResult(now);
      setPlace((before) => before ?? firstHit(now, from));
    });
    return () => aborter.abort();
  }, [at, reading, kind, text, regex, isCase, word]);
  const hits = useMemo(() => new Map(result.hits.map((hit) => [hit.number, hit])), [result.hits]);
  const number = place === null ? undefined : result.hits[place.item]?.number;
  const span = place?.place ?? 0;
  const hit = useMemo(() => (number === undefined ? null : { number, place: span }), [number, span]);
  useEffect(() => {
    if (hit !== null) reading.goTo(hit.number, true);
  }, [hit, reading]);
  const step = useCallback(
    (direction: 1 | -1) => setPlace((before) => before && stepHit(result.hits, before, direction)),
    [result.hits],
  );
  /** The number of the hit that one is at, from 1; 0: at none. */
  const shown = place === null ? 0 : hitNumber(result.hits, place);
  return { result, shown, hits, hit, step };
}

async function follow(
  { id, location }: TranscriptAddress,
  kind: ItemKind,
  { text, ...how }: Sought,
  signal: AbortSignal,
  show: (result: FindResult) => void,
): Promise<void> {
  let result = NOTHING_FOUND;
  let shownAt = 0;
  const hits: TranscriptHit[] = [];
  const tell = (now: FindResult) => {
    if (signal.aborted) return;
    shownAt = performance.now();
    show({ ...now, hits: [...hits] });
  };
  const asked = { path: { id }, query: { q: text, ...how, kinds: [kind], location }, signal };
  try {
    for await (const { name, data } of readStream<TranscriptHit | TranscriptFindProgress>(
      "/transcripts/{id}/find",
      asked,
    )) {
      if (name === "hit") {
        hits.push(data as TranscriptHit);
        result = { ...result, matches: Math.max(result.matches, hits.length) };
      } else {
        const { matches, done = false, stopped = null } = data as TranscriptFindProgress;
        result = { ...result, matches, done, stopped };
      }
      if (hits.length === 1 || result.done || performance.now() - shownAt > SHOW_MS) tell(result);
    }
    tell({ ...result, done: true });
  } catch (error) {
    tell({ ...result, done: true, error: error instanceof Error ? error.message : String(error) });
  }
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
  return hits.slice(0, at.item).reduce((sum, hit) => sum + hit.count, 0) + at.place + 1;
}
