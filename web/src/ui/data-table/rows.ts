/** Rows of a table, of which not all are here. */

import { useMemo } from "react";

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

interface Page<Row> {
  items: readonly Row[];
  total?: number | null;
  next: string | null;
}

/** What is needed of `useInfiniteQuery`. */
interface Pages<Row> {
  data: { pages: readonly Page<Row>[] } | undefined;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
}

/** Rows before the end of what is here, at which the next page is asked for. */
const AHEAD = 100;

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
  const starts: number[] = [];
  let here = 0;
  for (const page of pages) {
    starts.push(here);
    here += page.items.length;
  }
  // The newest page knows best.
  const total = pages.at(-1)?.total;
  return {
    count: query.hasNextPage ? Math.max(total ?? 0, here) : here,
    at(index) {
      const page = starts.findLastIndex((start) => start <= index);
      return pages[page]?.items[index - (starts[page] ?? 0)];
    },
    need(_, last) {
      if (last + AHEAD < here || !query.hasNextPage || query.isFetchingNextPage || query.isError) return;
      query.fetchNextPage();
    },
  };
}
