/** Where one reads in a transcript, what one has opened there, and what the parts of the reading view share. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Minimap, ResolvedCitation, TranscriptHit } from "../../../api/generated/types.gen.ts";
import { citationMarks, type ItemKind } from "../../../domain/citations.ts";
import type { Mark } from "../../../domain/marks.ts";
import { unitsFrom } from "../../../domain/offsets.ts";
import type { TranscriptAddress } from "./questions.ts";

export interface ReadingState {
  /** The message that one is at. */
  current: number;
  /** Numbers of the first and the last message that are seen. */
  first: number;
  last: number;
  /** What was opened or folded: a message ("7"), or one of its parts ("7:2"). */
  opened: ReadonlyMap<string, boolean>;
  /** Messages whose text was asked for as a whole: number -> the character at which that began. */
  texts: ReadonlyMap<number, number>;
}

/** A place to go to: a message, and in it what is marked as current where that is meant. */
export interface Target {
  number: number;
  mark: boolean;
}

/** It outlives the rows of the column, which come and go. */
export class Reading {
  #state: ReadingState = { current: 1, first: 1, last: 1, opened: new Map(), texts: new Map() };
  readonly #listeners = new Set<() => void>();
  #goes: ((target: Target) => void) | null = null;
  #waiting: Target | null = null;
  /** Whether one is at a message because one asked for it: then scrolling by the layout does not change that. */
  isPinned = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get state(): ReadingState {
    return this.#state;
  }

  /** The column says how it goes somewhere; what was asked for before it was there is done now. */
  attach(goes: (target: Target) => void): () => void {
    this.#goes = goes;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) goes(waiting);
    return () => {
      if (this.#goes === goes) this.#goes = null;
    };
  }

  /** Somebody wants to go somewhere while another view is shown. */
  onAway: (() => void) | null = null;

  goTo(number: number, mark = false): void {
    this.startAt(number, mark);
    if (this.#goes === null) this.onAway?.();
  }

  /** Be at a message, once the column is there. */
  startAt(number: number, mark = false): void {
    this.isPinned = true;
    this.#change({ current: number });
    if (this.#goes === null) this.#waiting = { number, mark };
    else this.#goes({ number, mark });
  }

  /** The reader scrolls: from now on one is where one looks. */
  release(): void {
    this.isPinned = false;
  }

  sees(first: number, last: number): void {
    const current = this.isPinned ? this.#state.current : first;
    const { state } = this;
    if (state.first !== first || state.last !== last || state.current !== current) {
      this.#change({ first, last, current });
    }
  }

  isOpen(number: number, part?: number): boolean {
    return isOpened(this.#state.opened, number, part);
  }

  toggle(number: number, part?: number, open = !this.isOpen(number, part)): void {
    const opened = new Map(this.#state.opened);
    if (part === undefined) for (const key of opened.keys()) if (key.startsWith(`${number}:`)) opened.delete(key);
    opened.set(keyOf(number, part), open);
    this.#change({ opened });
  }

  /** Ask for the whole text of a message, from a character on. */
  openText(number: number, character = 0): void {
    if (this.#state.texts.get(number) === character) return;
    this.#change({ texts: new Map(this.#state.texts).set(number, character) });
  }

  #change(changed: Partial<ReadingState>): void {
    this.#state = { ...this.#state, ...changed };
    for (const listener of this.#listeners) listener();
  }
}

export function isOpened(
  opened: ReadonlyMap<string, boolean>,
  number: number,
  part?: number,
  otherwise = false,
): boolean {
  return opened.get(keyOf(number, part)) ?? opened.get(keyOf(number)) ?? otherwise;
}

function keyOf(number: number, part?: number): string {
  return part === undefined ? `${number}` : `${number}:${part}`;
}

/** A part of where one reads; the component is rendered when that part changes. */
export function useReading<Part>(reading: Reading, select: (state: ReadingState) => Part): Part {
  return useSyncExternalStore(reading.subscribe, () => select(reading.state));
}

export interface TranscriptView {
  at: TranscriptAddress;
  reading: Reading;
  /** What is in it, by parts; undefined until all of it is read. */
  map: Minimap | undefined;
  /** Whether the first messages are there: what else is asked would hold the server up before. */
  isBegun: boolean;
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

const NONE: readonly Mark[] = [];

/** What is marked in the text of a message or event, of which some characters (`from`) were skipped. */
export function marksOf(view: TranscriptView, kind: ItemKind, number: number, text: string, from = 0): readonly Mark[] {
  const cited = (kind === "message" ? view.cited : view.citedEvents).get(number);
  const found = view.sought === kind ? view.hits.get(number) : undefined;
  if (cited === undefined && found === undefined) return NONE;
  const units = unitsFrom(text, from);
  const current = view.hit?.number === number ? view.hit.place : -1;
  const hits = (found?.spans ?? []).map(([start, stop], place) => ({
    start: units(Number(start)),
    stop: units(Number(stop)),
    kind: place === current ? ("current" as const) : ("hit" as const),
  }));
  return [...citationMarks(cited ?? [], view.colours, units), ...hits];
}
