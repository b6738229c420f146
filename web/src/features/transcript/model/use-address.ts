import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { Sought } from "../api/find-text.ts";
import type { Reading } from "./reading.ts";

export const route = getRouteApi("/transcripts/$id/");

export type Search = ReturnType<typeof route.useSearch>;

const SETTLED_MS = 400;

/** Change what the address says; an undefined value takes it out. A step that one may want to go back over is pushed. */
export function useChangeAddress(): (changed: Partial<Search>, push?: boolean) => void {
  const navigate = route.useNavigate();
  return useCallback(
    (changed, push = false) =>
      void navigate({
        search: (before: Search) => ({ ...before, ...changed }),
        replace: !push,
        resetScroll: false,
      }),
    [navigate],
  );
}

/** Keep the address and the place where one reads in step: a link leads there, and a reload lands where one was. */
export function useReadingAddress(reading: Reading, name: "message" | "event"): void {
  const told = route.useSearch({ select: (search) => search[name] });
  const change = useChangeAddress();
  const written = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (told === written.current) return;
    written.current = told;
    reading.startAt(Math.max(1, told ?? 1));
  }, [told, reading]);
  useEffect(() => {
    let settling: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = reading.subscribe(() => {
      clearTimeout(settling);
      settling = setTimeout(() => {
        const { current } = reading.state;
        const now = current === 1 ? undefined : current;
        if (written.current === now) return;
        written.current = now;
        change({ [name]: now });
      }, SETTLED_MS);
    });
    return () => {
      clearTimeout(settling);
      unsubscribe();
    };
  }, [reading, change, name]);
}

/** What the address says is sought; null: nobody looks for anything. */
export function useSought(): [Sought | null, (sought: Sought | null) => void] {
  const { find, regex, case: isCase, word } = route.useSearch();
  const change = useChangeAddress();
  const sought = useMemo(
    () =>
      find === undefined ? null : { text: find, regex: regex === true, case: isCase === true, word: word === true },
    [find, regex, isCase, word],
  );
  const seek = useCallback(
    (next: Sought | null) =>
      change({
        find: next?.text,
        regex: next?.regex ? true : undefined,
        case: next?.case ? true : undefined,
        word: next?.word ? true : undefined,
      }),
    [change],
  );
  return [sought, seek];
}
