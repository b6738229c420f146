import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { COLUMNS, type ResultRow, rowOf } from "../model/result-row.ts";
import { named, type ResultsAsked, type ResultsOf } from "../model/scan-search.ts";

export interface ResultWindow {
  items: ResultRow[];
  total: number | null;
}

/** Results from a place in their order on. */
export function resultsQuery(
  of: ResultsOf,
  asked: ResultsAsked,
  extra: readonly string[],
  offset: number,
  limit: number,
) {
  const { path, query } = named(of);
  const columns = [...new Set([...COLUMNS, ...extra])];
  const whole = {
    ...query,
    ...(asked.where !== undefined && { where: asked.where }),
    ...(asked.order_by !== undefined && { order_by: asked.order_by }),
    columns,
    offset,
    limit,
  };
  return queryOptions({
    queryKey: queryKeys.results(of, whole),
    queryFn: async ({ signal }): Promise<ResultWindow> => {
      const { items, total } = await read("/scans/{scan_id}/{scanner}/results", {
        path,
        query: whole,
        signal,
      });
      return { items: items.map(rowOf), total };
    },
  });
}
