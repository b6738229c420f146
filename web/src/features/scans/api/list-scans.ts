import { infiniteQueryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type { ScanItem, ScansListScansData } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export type ScansAsked = Omit<NonNullable<ScansListScansData["query"]>, "cursor">;

/** Pages of scans, each behind the one before. */
export function scansQuery(asked: ScansAsked) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.scans(asked), "pages"],
    queryFn: ({ signal, pageParam }) =>
      read("/scans", {
        query: { ...asked, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

export type Scan = ScanItem;
