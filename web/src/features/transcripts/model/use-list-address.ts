import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Sought } from "../api/find-texts.ts";
import type { ListAddress } from "./links.ts";

const route = getRouteApi("/transcripts/");

export type Search = ReturnType<typeof route.useSearch>;

/** Change what the address says; an undefined value takes it out. What one may want to go back from is pushed. */
export type ChangeAddress = (changed: Partial<Search>, push?: boolean) => void;

const NONE: readonly string[] = [];

/** What the address says is shown. */
export function useListAddress() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback<ChangeAddress>(
    (changed, push = false) =>
      void navigate({ search: (before: Search) => ({ ...before, ...changed }), replace: !push }),
    [navigate],
  );
  const { location, where = NONE, order_by = NONE, verdicts = NONE, q } = search;
  const list = useMemo<ListAddress>(
    () => ({ location, where, order_by, verdicts }),
    [location, where, order_by, verdicts],
  );
  const [regex, isCase, word] = [search.regex === true, search.case === true, search.word === true];
  const sought = useMemo<Sought | null>(
    () => (q === undefined || q === "" ? null : { q, regex, case: isCase, word }),
    [q, regex, isCase, word],
  );
  return { search, list, sought, change };
}
