/** What the server tells without being asked: what has changed, and how the scans stand that run. */

import { type Query, type QueryClient, queryOptions } from "@tanstack/react-query";
import { TOPICS } from "./ask.ts";
import { read } from "./client.ts";
import { connection, onConnection, setConnection } from "./connection.ts";
import { isInEditor } from "./editor.ts";
import { isFromDisk } from "./from-disk.ts";
import type { ChangeItem, RunningScanItem } from "./generated/types.gen.ts";

/** How the scans stand that run, by location. */
export type RunningScans = Readonly<Record<string, RunningScanItem>>;

const POLL_MS = 10_000;
const RETRY_MS = 2_000;

/** `useQuery(runningScansQuery)`: the scans that run, as the stream tells it. One that has ended stays until it is read again. */
export const runningScansQuery = queryOptions({
  // No topic makes it stale: the server keeps it up to date.
  queryKey: ["running"],
  queryFn: async ({ signal }): Promise<RunningScans> => {
    const { running } = await read("/runs", { signal });
    return Object.fromEntries(running.map((each) => [each.location, each]));
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Keep the cache true while the page is open; gives what ends that. */
export function followServer(queries: QueryClient): () => void {
  // Nothing changes in an export.
  if (isFromDisk) return () => undefined;
  const ends = [followConnection(queries), isInEditor ? poll(queries) : listen(queries)];
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Listen while the page is seen: a browser keeps few connections to one server, and hidden pages would take them all.
 * What changed while nobody listened was not told, so that it is asked again.
 */
function listen(queries: QueryClient): () => void {
  let source: EventSource | undefined;
  let hasListened = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(again);
    source?.close();
  };
  const start = () => {
    stop();
    if (document.visibilityState === "hidden") return;
    const opened = openStream(queries);
    source = opened;
    opened.addEventListener("open", () => {
      setConnection("open");
      if (hasListened) refresh(queries);
      hasListened = true;
    });
    opened.addEventListener("error", () => {
      // Refused: a token is wanted, say, which the requests of the page tell. A browser does not try again by itself.
      if (opened.readyState === EventSource.CLOSED) again = setTimeout(start, POLL_MS);
      else if (hasListened) setConnection("gone");
    });
  };
  start();
  document.addEventListener("visibilitychange", start);
  return () => {
    document.removeEventListener("visibilitychange", start);
    stop();
  };
}

function openStream(queries: QueryClient): EventSource {
  const source = new EventSource("./api/v3/events");
  source.addEventListener("changed", (event) => {
    const { topic } = JSON.parse(event.data) as ChangeItem;
    renew(queries, topic);
  });
  source.addEventListener("state", (event) => {
    const state = JSON.parse(event.data) as RunningScanItem;
    queries.setQueryData(runningScansQuery.queryKey, (known) => ({ ...known, [state.location]: state }));
  });
  return source;
}

/** Without a stream everything that is shown is asked again now and then, while somebody looks. */
function poll(queries: QueryClient): () => void {
  const polling = setInterval(() => {
    if (document.visibilityState === "visible") refresh(queries);
  }, POLL_MS);
  return () => clearInterval(polling);
}

/** While the server is gone, look for it; once it is back, show what it says now. */
function followConnection(queries: QueryClient): () => void {
  let looking: ReturnType<typeof setInterval> | undefined;
  const unfollow = onConnection(() => {
    if (connection() !== "open") {
      looking ??= setInterval(() => read("/runs", {}).catch(() => undefined), RETRY_MS);
      return;
    }
    if (looking !== undefined) refresh(queries);
    clearInterval(looking);
    looking = undefined;
  });
  return () => {
    unfollow();
    clearInterval(looking);
  };
}

function refresh(queries: QueryClient): void {
  for (const topic of ["running", ...TOPICS]) renew(queries, topic);
}

/** Ask again for all about a topic. What is asked for the first time may be the old state: it is asked again once it has come. */
function renew(queries: QueryClient, topic: string): void {
  const isFirst = ({ state }: Query) => state.data === undefined;
  for (const query of queries
    .getQueryCache()
    .findAll({ queryKey: [topic], fetchStatus: "fetching", predicate: isFirst })) {
    void query.promise
      ?.catch(() => undefined)
      .then(() => queries.invalidateQueries({ queryKey: query.queryKey, exact: true }));
  }
  void queries.invalidateQueries({ queryKey: [topic] });
}
