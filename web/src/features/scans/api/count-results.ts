import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { type Bar, barsOfDistribution, barsOfFacet } from "../model/bars.ts";
import { named, type ResultsOf } from "../model/scan-search.ts";

const GROUPS = 20;

/** How often something was found, by the values of a column. */
export function facetsQuery(of: ResultsOf, by: string, where: string | undefined) {
  const { path, query } = named(of);
  const asked = { ...query, by: [by], limit: GROUPS, ...(where !== undefined && { where }) };
  return queryOptions({
    queryKey: queryKeys.facets(of, asked),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/facets", {
        path,
        query: asked,
        signal,
      }),
  });
}

export interface Chart {
  bars: Bar[];
  leftOut: number;
}

/** Bars of a distribution: how often something was found in each group, or how often each value was given. */
export function chartQuery(
  of: ResultsOf,
  asked: { column: string; by: string | undefined; isYesOrNo: boolean; where: string | undefined },
) {
  const { by, where, column, isYesOrNo } = asked;
  const { path, query } = named(of);
  const whole = { ...query, limit: GROUPS, ...(where !== undefined && { where }) };
  return queryOptions({
    queryKey: queryKeys.facets(of, { chart: asked }),
    queryFn: async ({ signal }): Promise<Chart> => {
      if (by !== undefined && isYesOrNo) {
        const { items } = await read("/scans/{scan_id}/{scanner}/facets", {
          path,
          query: { ...whole, by: [by] },
          signal,
        });
        return { bars: items.flatMap(barsOfFacet), leftOut: items[0]?.left_out ?? 0 };
      }
      const found = await read("/scans/{scan_id}/{scanner}/distribution", {
        path,
        query: { ...whole, column, ...(by !== undefined && { by: [by] }) },
        signal,
      });
      return { bars: barsOfDistribution(found), leftOut: found.left_out };
    },
  });
}
