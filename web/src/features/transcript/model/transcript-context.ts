import { createContext, useContext, useSyncExternalStore } from "react";
import type { ResolvedCitation, TranscriptHit } from "../../../api/generated/types.gen.ts";
import { citationMarks, type ItemKind } from "../../../domain/citations.ts";
import type { Mark } from "../../../domain/marks.ts";
import { unitsFrom } from "../../../domain/offsets.ts";
import type { TranscriptAddress } from "./address.ts";
import type { Reading, ReadingState } from "./reading.ts";

/** What the parts of the reading view share. */
export interface TranscriptView {
  at: TranscriptAddress;
  reading: Reading;
  /** What scanners cite, by the number of the message. */
  cited: ReadonlyMap<number, readonly ResolvedCitation[]>;
  /** The same for events. */
  citedEvents: ReadonlyMap<number, readonly ResolvedCitation[]>;
  colours: ReadonlyMap<string, number>;
  /** What is shown, messages or events: texts are sought in these. */
  sought: ItemKind;
  /** What was found, by the number of the message or event. */
  hits: ReadonlyMap<number, TranscriptHit>;
  /** The hit that one is at: the message or event, and the place of the hit in it. */
  hit: { number: number; place: number } | null;
  /** Whether long texts are open unless somebody folds them: where one message is shown alone. */
  isOpen?: boolean;
}

export const TranscriptContext = createContext<TranscriptView | null>(null);

export function useTranscript(): TranscriptView {
  const view = useContext(TranscriptContext);
  if (view === null) throw new Error("Only parts of the reading view can use it.");
  return view;
}

/** A part of where one reads; the component is rendered when that part changes. */
export function useReading<Part>(reading: Reading, select: (state: ReadingState) => Part): Part {
  return useSyncExternalStore(reading.subscribe, () => select(reading.state));
}

/** What is marked in the text of a message or event, of which some characters were skipped. */
export function marksOf(
  view: TranscriptView,
  kind: ItemKind,
  number: number,
  text: string,
  from: number,
): readonly Mark[] {
  const cited = (kind === "message" ? view.cited : view.citedEvents).get(number);
  const found = view.sought === kind ? view.hits.get(number) : undefined;
  if (cited === undefined && found === undefined) return NONE;
  const units = unitsFrom(text, from);
  const marks = cited === undefined ? [] : citationMarks(cited, view.colours, units);
  const current = view.hit?.number === number ? view.hit.place : -1;
  found?.spans.forEach(([start, stop], place) => {
    marks.push({
      start: units(Number(start)),
      stop: units(Number(stop)),
      kind: place === current ? "current" : "hit",
    });
  });
  return marks;
}

const NONE: readonly Mark[] = [];
