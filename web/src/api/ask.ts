/** What is shown: one query for each question to the server, remembered until the server says that its topic has changed. */

import { QueryClient, type QueryKey, queryOptions } from "@tanstack/react-query";
import { type Answers, type Asked, type Parameters, read } from "./client.ts";
import type { Routes } from "./generated/routes.gen.ts";

/** When the server says that one of these has changed, all answers whose key begins with it are stale (see `live.ts`). */
export const TOPICS = ["project", "scans", "transcripts", "labels"] as const;

type Get = Routes["GET"];
type Url = keyof Get;

/** `useQuery(ask("/scans/{scan_id}", { path: { scan_id } }))`: the answer, its key made of the question. */
export function ask<Of extends Url>(url: Of, ...[parameters]: Parameters<Get[Of]>) {
  return queryOptions({
    queryKey: keyOf(url, parameters),
    queryFn: ({ signal }): Promise<Answers<Get[Of]>> =>
      read(url, ...([{ ...parameters, signal }] as Parameters<Get[Of]>)),
  });
}

/** The key of what `ask` asks, and what is made of several answers: `more` says how. */
export function keyOf<Of extends Url>(url: Of, parameters?: Asked<Get[Of]>, ...more: unknown[]): QueryKey {
  const [, first = ""] = url.split("/");
  return [first === "compare" ? "scans" : first, url, parameters, ...more];
}

/** Make the cache: the server tells what has changed, so that nothing is asked again because time has passed. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // A server on this machine is there without a network.
        networkMode: "always",
        // What was refused is refused again; a server that is gone is looked for elsewhere (`live.ts`).
        retry: false,
      },
      mutations: { networkMode: "always" },
    },
  });
}
