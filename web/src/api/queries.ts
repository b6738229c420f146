import { QueryClient } from "@tanstack/react-query";

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
