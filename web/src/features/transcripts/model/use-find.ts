import { useCallback, useEffect, useRef, useState } from "react";
import { findTexts, type Sought } from "../api/find-texts.ts";
import { type FindEvent, type Found, NOTHING_FOUND, withEvents } from "./found.ts";
import type { ListAddress } from "./links.ts";
import { serverOrder } from "./order.ts";

/** Hits come by the hundreds: they are shown together. */
const SHOWN_MS = 120;

/** Look for a text in all transcripts of the list, from when it is asked for until it is found or stopped. */
export function useFind(
  { location, where, order_by }: ListAddress,
  sought: Sought | null,
): { found: Found | null; stop: () => void } {
  const [found, setFound] = useState<Found | null>(null);
  const search = useRef<AbortController | null>(null);
  useEffect(() => {
    if (sought === null) {
      setFound(null);
      return;
    }
    const running = new AbortController();
    search.current = running;
    setFound(NOTHING_FOUND);
    const waiting: FindEvent[] = [];
    const show = () => {
      if (waiting.length > 0) {
        const events = waiting.splice(0);
        setFound((was) => withEvents(was ?? NOTHING_FOUND, events));
      }
    };
    const showing = setInterval(show, SHOWN_MS);
    const run = async () => {
      try {
        const asked = { location, where, order_by: serverOrder(order_by), ...sought };
        for await (const { data } of findTexts(asked, running.signal)) waiting.push(data);
      } catch (error) {
        if (!running.signal.aborted)
          setFound((was) => ({ ...(was ?? NOTHING_FOUND), state: "failed", error: error as Error }));
      } finally {
        clearInterval(showing);
        if (search.current === running) show();
      }
    };
    void run();
    return () => {
      if (search.current === running) search.current = null;
      running.abort();
      clearInterval(showing);
    };
  }, [location, where, order_by, sought]);
  const stop = useCallback(() => {
    search.current?.abort();
    setFound((was) => (was?.state === "searching" ? { ...was, state: "stopped" } : was));
  }, []);
  return { found, stop };
}
