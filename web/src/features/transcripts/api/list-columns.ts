import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

export function columnsQuery(location: string | undefined) {
  return queryOptions({
    queryKey: queryKeys.transcriptColumns(location),
    queryFn: ({ signal }) =>
      read("/transcripts/columns", {
        query: { location: location ?? null },
        signal,
      }),
  });
}
