import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export interface FacetsAsked {
  location: string | undefined;
  where: readonly string[];
  by: readonly string[];
  /** Values of each at most. */
  limit: number;
}

export function facetsQuery({ location, where, by, limit }: FacetsAsked) {
  const query = { by: [...by], where: [...where], limit, location: location ?? null };
  return queryOptions({
    queryKey: queryKeys.transcriptFacets(query),
    queryFn: ({ signal }) => read("/transcripts/facets", { query, signal }),
    enabled: by.length > 0,
  });
}
