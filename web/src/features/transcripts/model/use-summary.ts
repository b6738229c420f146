import { useQuery } from "@tanstack/react-query";
import { facetsQuery } from "../api/read-facets.ts";
import { SUMMED, type Summary, summaryOf } from "./summary.ts";
import { useListAddress } from "./use-list-address.ts";

/** More different values than these are not looked at: how many there are is told. */
const VALUES = 3;

/** Sum up the list, once its first rows are there. */
export function useSummary(isReady: boolean): Summary | undefined {
  const { list } = useListAddress();
  const asked = { location: list.location, where: list.where, by: SUMMED, limit: VALUES };
  return useQuery({ ...facetsQuery(asked), enabled: isReady, select: summaryOf }).data;
}
