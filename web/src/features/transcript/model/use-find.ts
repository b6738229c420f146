import { useCallback, useEffect, useMemo, useState } from "react";
import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";
import type { ItemKind } from "../../../domain/citations.ts";
import { findText, type Sought } from "../api/find-text.ts";
import type { TranscriptAddress } from "./address.ts";
import {
  type FindResult,
  firstHit,
  type HitPlace,
  hitNumber,
  NOTHING_FOUND,
  stepHit,
  withProgress,
} from "./find-result.ts";
import type { Reading } from "./reading.ts";

/** Hits come in bursts: so often at most the page shows new ones. */
const SHOW_MS = 60;

export interface Finding {
  result: FindResult;
  /** Number of the hit that one is at, from 1; 0: at none. */
  number: number;
  hits: ReadonlyMap<number, TranscriptHit>;
  hit: { number: number; place: number } | null;
  step: (direction: 1 | -1) => void;
}

/** Look for a text, go to the first hit behind where one reads, and step through the others. */
export function useFind(at: TranscriptAddress, reading: Reading, kind: ItemKind, sought: Sought | null): Finding {
  const [result, setResult] = useState(NOTHING_FOUND);
  const [place, setPlace] = useState<HitPlace | null>(null);
  const { text, regex, case: isCase, word } = sought ?? { text: "", regex: false, case: false, word: false };
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
    (direction: 1 | -1) => setPlace((before) => (before === null ? before : stepHit(result.hits, before, direction))),
    [result.hits],
  );
  return {
    result,
    number: place === null ? 0 : hitNumber(result.hits, place),
    hits,
    hit,
    step,
  };
}

async function follow(
  at: TranscriptAddress,
  kind: ItemKind,
  sought: Sought,
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
  try {
    for await (const { name, data } of findText(at, kind, sought, signal)) {
      if (name === "hit") {
        hits.push(data as TranscriptHit);
        result = { ...result, matches: Math.max(result.matches, hits.length) };
      } else result = withProgress(result, data as TranscriptFindProgress);
      if (hits.length === 1 || result.done || performance.now() - shownAt > SHOW_MS) tell(result);
    }
    tell({ ...result, done: true });
  } catch (error) {
    tell({ ...result, done: true, error: error instanceof Error ? error.message : String(error) });
  }
}
