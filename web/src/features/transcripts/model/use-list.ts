import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import { ask } from "../../../api/ask.ts";
import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { type Rows, useRowWindows } from "../../../ui/data-table/rows.ts";
import { idsCondition, type Sought } from "./leaving.ts";
import { type ListAddress, type ListedRow, listOf, PAGE, pageQuery, readsOf, rowsQuery, unread } from "./list.ts";

const route = getRouteApi("/transcripts/");

type Search = ReturnType<typeof route.useSearch>;

/** What the address says is shown. */
export function useListAddress() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  /** An undefined value and an empty list take it out. What one may want to go back from is pushed. */
  const change = useCallback(
    (changed: Partial<Search>, push = false) =>
      void navigate({ search: (before: Search) => ({ ...before, ...changed }), replace: !push }),
    [navigate],
  );
  const list = useMemo(() => listOf(search), [search]);
  const sought = useMemo<Sought | null>(() => {
    const { q = "", regex = false, case: isCase = false, word = false } = search;
    return q === "" ? null : { q, regex, case: isCase, word };
  }, [search]);
  return { search, list, sought, change };
}

const NOTHING: readonly never[] = [];

/** Where the transcripts are, and what is known of each. */
export function useFields(): { fields: readonly TranscriptColumn[]; locations: readonly string[] } {
  const { location } = route.useSearch();
  const { data } = useQuery(ask("/transcripts/columns", { query: { location } }));
  return { fields: data?.columns ?? NOTHING, locations: data?.locations ?? NOTHING };
}

/** With less room the table needs all of it, unless the reader wants the facets. */
const ROOM = "(min-width: 1200px)";

/** Whether the facets are shown, and what changes that. */
export function useFacetsShown(): [boolean, () => void] {
  const { search, change } = useListAddress();
  const hasRoom = useSyncExternalStore(followRoom, () => matchMedia(ROOM).matches);
  const isShown = search.side === undefined ? hasRoom : search.side === "facets";
  const side = isShown ? "none" : "facets";
  return [isShown, () => change({ side: (side === "facets") === hasRoom ? undefined : side })];
}

function followRoom(changed: () => void): () => void {
  const room = matchMedia(ROOM);
  room.addEventListener("change", changed);
  return () => room.removeEventListener("change", changed);
}

/** The rows of the list, of any length; those of the list before (`isStale`) until the first of a new one are here. */
export function useListRows(list: ListAddress, columns: readonly string[] | undefined) {
  const windows = useRowWindows((start) => pageQuery(list, columns, start), PAGE);
  const { data: first } = useQuery(pageQuery(list, columns));
  const before = useRef(windows);
  if (first !== undefined) before.current = windows;
  return {
    rows: before.current,
    /** How many there are; undefined while nobody knows. */
    total: first?.total,
    problems: first?.problems ?? [],
    error: windows.error,
    retry: windows.retry,
    isStale: first === undefined,
  };
}

/** During a search the last rows are asked for again whenever one is added. */
const FOUND_PAGE = 25;

/** Rows of transcripts that were found: what is known of those that are seen is asked for, the rest is there by its id. */
export function useFoundRows(
  ids: readonly string[],
  location: string | undefined,
  columns: readonly string[] | undefined,
): Rows<ListedRow> {
  const known = useRef(new Map<string, ListedRow>());
  const { at, need = () => undefined } = useRowWindows((start, limit) => {
    const page = ids.slice(start, start + limit);
    return rowsQuery({ location, where: [idsCondition(page)], columns: readsOf(columns), limit }, page);
  }, FOUND_PAGE);
  return useMemo(
    () => ({
      count: ids.length,
      need,
      at: (index) => {
        const id = ids[index];
        if (id === undefined) return undefined;
        const row = at(index) ?? known.current.get(id) ?? unread(id);
        known.current.set(id, row);
        return row;
      },
    }),
    [ids, at, need],
  );
}
