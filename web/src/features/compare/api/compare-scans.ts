import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import type { CompareSearch } from "../model/compare-search.ts";

const SCANS = 200;

/** The newest scans: those that can be chosen. */
export function choicesQuery(scans: string | undefined) {
  const query = { limit: SCANS, ...(scans !== undefined && { location: scans }) };
  return queryOptions({
    queryKey: queryKeys.scans(query),
    queryFn: ({ signal }) => read("/scans", { query, signal }),
  });
}

/** What two scans, or two scanners, said of the same inputs. */
export function comparisonQuery({ a = "", b = "", scanner, scanner_b, scans }: CompareSearch) {
  const query = {
    a,
    b,
    ...(scanner !== undefined && scanner_b !== undefined && { scanner, scanner_b }),
    ...(scans !== undefined && { location: scans }),
  };
  return queryOptions({
    queryKey: queryKeys.comparison(query),
    queryFn: ({ signal }) => read("/compare", { query, signal }),
    enabled: a !== "" && b !== "" && (a !== b || scanner_b !== undefined),
  });
}
