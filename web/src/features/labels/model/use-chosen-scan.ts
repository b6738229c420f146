import { useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import type { Search } from "./address.ts";

export type AskedScan = Pick<Search, "scan" | "scanner">;

const MOST = 100;

/** Which scan and which of its scanners is meant: what was chosen, else the newest scan of the scanner of the set. */
export function useChosenScan(asked: AskedScan, scannerOfSet: string | undefined) {
  const scans = useQuery(ask("/scans", { query: { limit: MOST } }));
  const items = scans.data?.items ?? [];
  const wanted = asked.scanner ?? scannerOfSet;
  const found =
    items.find((each) => each.scan_id === asked.scan) ??
    items.find((each) => wanted !== undefined && each.scanner_names.includes(wanted)) ??
    items[0];
  // A scan that is not among the newest is taken at its word.
  const scan = asked.scan ?? found?.scan_id;
  const names = found?.scan_id === scan ? (found?.scanner_names ?? []) : [];
  const scanner = names.length === 0 || (wanted !== undefined && names.includes(wanted)) ? wanted : names[0];
  return {
    items,
    names,
    scan,
    scanner,
    chosen: scan === undefined || scanner === undefined ? undefined : { scan, scanner },
    error: scans.error,
    isLoading: scans.isPending,
  };
}
