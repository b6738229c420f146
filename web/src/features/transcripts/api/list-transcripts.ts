import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** Which transcripts, in which order, and what of them. */
export interface ListAsked {
  location: string | undefined;
  where: readonly string[];
  order_by: readonly string[];
  columns: readonly string[];
}

export function pageQuery(asked: ListAsked, start: number, limit: number) {
  const query = {
    where: [...asked.where],
    order_by: [...asked.order_by],
    columns: [...asked.columns],
    location: asked.location ?? null,
    start,
    limit,
  };
  return queryOptions({
    queryKey: queryKeys.transcripts(query),
    queryFn: ({ signal }) =>
      read("/transcripts", {
        query,
        signal,
      }),
  });
}
