import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { TranscriptPage, TranscriptRow } from "../../../api/generated/types.gen.ts";
import type { Rows } from "../../../ui/data-table/rows.ts";
import { type ListAsked, pageQuery } from "../api/list-transcripts.ts";

const PAGE = 100;

/** Rows before and behind those that are seen, which are asked for as well. */
const AHEAD = 30;

export interface ListRows {
  rows: Rows<TranscriptRow>;
  /** How many there are; undefined while nobody knows. */
  total: number | undefined;
  problems: readonly string[];
  error: Error | null;
  retry: () => void;
  /** What is shown is of the list before: the new one is still to come. */
  isStale: boolean;
  /** The transcripts of the same page: what is asked about one is asked about all of these at once. */
  idsOf: (id: string) => readonly string[];
}

/** The rows of a list of any length: the pages that are seen are asked for, wherever they are. */
export function useListRows(asked: ListAsked): ListRows {
  const queries = useQueryClient();
  const [seen, setSeen] = useState<readonly [number, number]>([0, 0]);
  const first = useQuery(pageQuery(asked, 0, PAGE));
  const total = first.data?.total;
  const pages = pagesOf(seen, total ?? 0);
  const others = useQueries({
    queries: pages.map((page) => pageQuery(asked, page * PAGE, PAGE)),
    combine: (results) => ({
      error: results.find((each) => each.isError)?.error ?? null,
      updated: results.map((each) => each.dataUpdatedAt).join(" "),
    }),
  });
  const groups = useRef(new Map<string, readonly string[]>());
  const idsOf = useCallback((id: string) => groups.current.get(id) ?? [id], []);
  const need = useCallback((from: number, to: number) => {
    const [low, high] = [Math.floor(Math.max(0, from - AHEAD) / PAGE), Math.floor((to + AHEAD) / PAGE)];
    setSeen((was) => (was[0] === low && was[1] === high ? was : [low, high]));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: pages are read from the cache, which `updated` tells of.
  const rows = useMemo<Rows<TranscriptRow> | undefined>(() => {
    if (total === undefined) return undefined;
    const known = new Map<number, TranscriptPage>();
    const pageAt = (page: number) => {
      const found =
        known.get(page) ?? queries.getQueryData<TranscriptPage>(pageQuery(asked, page * PAGE, PAGE).queryKey);
      if (found !== undefined && !known.has(page)) {
        known.set(page, found);
        const ids = found.items.map((row) => row.transcript_id);
        for (const id of ids) groups.current.set(id, ids);
      }
      return found;
    };
    return {
      count: total,
      at: (index) => pageAt(Math.floor(index / PAGE))?.items[index % PAGE],
      need,
    };
  }, [queries, asked, total, need, others.updated, first.dataUpdatedAt]);
  const before = useRef<Rows<TranscriptRow>>({ count: 0, at: () => undefined });
  if (rows !== undefined) before.current = rows;
  return {
    rows: rows ?? before.current,
    total,
    problems: first.data?.problems ?? [],
    error: first.error ?? others.error,
    retry: () =>
      void queries.refetchQueries({
        queryKey: ["transcripts"],
        predicate: (each) => each.state.status === "error",
      }),
    isStale: rows === undefined,
    idsOf,
  };
}

function pagesOf([from, to]: readonly [number, number], total: number): number[] {
  const last = Math.min(to, Math.ceil(total / PAGE) - 1);
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, at) => from + at).filter((page) => page > 0);
}
