/** Rows of a table, of which not all are here, and which of them are selected. */

import {
  type QueryFunction,
  type QueryKey,
  type SkipToken,
  type UseQueryResult,
  useQueries,
} from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";

export interface Rows<Row> {
  /** How many there are in all. */
  count: number;
  /** The row at a place, counted from 0; undefined while it is not here. */
  at: (index: number) => Row | undefined;
  /** Told which rows are seen, so that they can be fetched. */
  need?: (first: number, last: number) => void;
}

/** Rows that are all here. */
export function allRows<Row>(rows: readonly Row[]): Rows<Row> {
  return { count: rows.length, at: (index) => rows[index] };
}

/** Some of the rows, as the server answers. */
interface Part<Row> {
  items: readonly Row[];
  total?: number | null;
}

/** What is needed of `useInfiniteQuery`. */
interface Pages<Row> {
  data: { pages: readonly Part<Row>[] } | undefined;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
}

/** Rows before the end of what is here, at which the next page is asked for. */
const PAGE_AHEAD = 100;

/**
 * Rows of an infinite query over pages with cursors. Where the total is known all rows have their place at once, and
 * what is seen is reached page by page; else the table grows with each page.
 */
export function useRowsOfPages<Row>(query: Pages<Row>): Rows<Row> {
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = query;
  return useMemo(
    () => rowsOfPages({ data, hasNextPage, isFetchingNextPage, isError, fetchNextPage }),
    [data, hasNextPage, isFetchingNextPage, isError, fetchNextPage],
  );
}

export function rowsOfPages<Row>(query: Pages<Row>): Rows<Row> {
  const pages = query.data?.pages ?? [];
  const here = pages.flatMap((page) => page.items);
  // The newest page knows best.
  const total = pages.at(-1)?.total ?? 0;
  return {
    count: query.hasNextPage ? Math.max(total, here.length) : here.length,
    at: (index) => here[index],
    need(_, last) {
      const isNear = last + PAGE_AHEAD >= here.length;
      if (isNear && query.hasNextPage && !query.isFetchingNextPage && !query.isError) query.fetchNextPage();
    },
  };
}

export interface WindowedRows<Row> extends Rows<Row> {
  /** Nothing is here yet. */
  isLoading: boolean;
  /** Why nothing is here, or why some of it is not. */
  error: Error | null;
  retry: () => void;
}

const WINDOW = 200;
/** Rows beyond those that are rendered for which windows are asked. */
const WINDOW_AHEAD = 50;
/** How long a window that is not seen is kept. */
const KEPT_MS = 60_000;
/** Who drags the bar passes many windows and wants the last. */
const SETTLE_MS = 40;

/**
 * Rows of a long list by windows: what is seen is fetched, wherever it is, and let go when it is seen no longer.
 * `query` asks for rows from an offset on; the first window tells the total, so that others need not count.
 */
export function useRowWindows<Row, Key extends QueryKey>(
  query: (offset: number, limit: number) => { queryKey: Key; queryFn?: QueryFunction<Part<Row>, Key> | SkipToken },
  size = WINDOW,
): WindowedRows<Row> {
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const numbers = windowsOf(seen.first, seen.last, size);
  const { answers, ...state } = useQueries({
    queries: numbers.map((number) => ({ ...query(number * size, size), gcTime: KEPT_MS })),
    combine: combined<Row>,
  });
  const told = answers.find((answer) => typeof answer?.total === "number")?.total ?? null;
  const [known, setKnown] = useState(0);
  // While another order is fetched there are as many rows as before, as far as one knows.
  if (told !== null && told !== known) setKnown(told);
  const settling = useRef({ windows: "", timer: 0 });
  const need = useCallback(
    (first: number, last: number) => {
      const windows = windowsOf(first, last, size).join();
      if (windows === settling.current.windows) return;
      clearTimeout(settling.current.timer);
      settling.current = { windows, timer: window.setTimeout(() => setSeen({ first, last }), SETTLE_MS) };
    },
    [size],
  );
  const windows = numbers.join(" ");
  const at = useMemo(() => {
    const here = new Map(windows.split(" ").map((number, place) => [Number(number), answers[place]]));
    return (index: number) => here.get(Math.floor(index / size))?.items[index % size];
  }, [windows, answers, size]);
  return { count: told ?? known, at, need, ...state };
}

function combined<Row>(results: readonly UseQueryResult<Part<Row>, Error>[]) {
  return {
    answers: results.map((result) => result.data),
    isLoading: results[0]?.isPending === true,
    error: results.find((result) => result.error !== null)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}

/** The windows that hold some rows and those around them; the first one always, as it knows how many there are. */
export function windowsOf(first: number, last: number, size = WINDOW): number[] {
  const from = Math.floor(Math.max(0, first - WINDOW_AHEAD) / size);
  const to = Math.floor((last + WINDOW_AHEAD) / WINDOW);
  const seen = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  return from === 0 ? seen : [0, ...seen];
}

/** Keys of the rows that are selected. */
export type Selection = ReadonlySet<string>;

export function toggledKey(selection: Selection, key: string): Selection {
  const next = new Set(selection);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** Add the rows between two places; those that are not here have no key and are left out. */
export function withRange(
  selection: Selection,
  keyAt: (index: number) => string | undefined,
  from: number,
  to: number,
): Selection {
  const next = new Set(selection);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) {
    const key = keyAt(index);
    if (key !== undefined) next.add(key);
  }
  return next;
}
