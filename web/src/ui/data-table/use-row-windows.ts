import {
  type QueryFunction,
  type QueryKey,
  type SkipToken,
  type UseQueryResult,
  useQueries,
} from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Rows } from "./rows.ts";

interface Answer<Row> {
  items: readonly Row[];
  total?: number | null;
}

interface WindowQuery<Found, Key extends QueryKey> {
  queryKey: Key;
  queryFn?: QueryFunction<Found, Key> | SkipToken;
}

export interface WindowedRows<Row> extends Rows<Row> {
  /** Nothing is here yet. */
  isLoading: boolean;
  /** Why nothing is here, or why some of it is not. */
  error: Error | null;
  retry: () => void;
}

const SIZE = 200;
/** Rows beyond those that are rendered for which windows are asked. */
const AHEAD = 50;
/** How long a window that is not seen is kept. */
const KEPT_MS = 60_000;
/** Who drags the bar passes many windows and wants the last. */
const SETTLE_MS = 40;

/**
 * Rows of a long list by windows: what is seen is fetched, wherever it is, and let go when it is seen no longer.
 * `query` asks for rows from an offset on; the first window tells the total, so that others need not count.
 */
export function useRowWindows<Row, Key extends QueryKey>(
  query: (offset: number, limit: number) => WindowQuery<Answer<Row>, Key>,
  size = SIZE,
): WindowedRows<Row> {
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const numbers = windowsOf(seen.first, seen.last, size);
  const { answers, error, isLoading, retry } = useQueries({
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
  return { count: told ?? known, at, need, isLoading, error, retry };
}

function combined<Row>(results: readonly UseQueryResult<Answer<Row>, Error>[]) {
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
export function windowsOf(first: number, last: number, size = SIZE): number[] {
  const [from, to] = [Math.max(0, first - AHEAD), last + AHEAD].map((index) => Math.floor(index / size)) as [
    number,
    number,
  ];
  const seen = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  return from === 0 ? seen : [0, ...seen];
}
