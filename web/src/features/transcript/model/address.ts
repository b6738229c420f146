import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef } from "react";
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
