import { useQuery } from "@tanstack/react-query";
import { scansOfScannerQuery } from "../api/scans.ts";

const MOST = 100;

export interface ChosenScan {
  scan: string | undefined;
  scanner: string | undefined;
}

/** Which scan and which of its scanners is meant: what was chosen, else the newest scan of the scanner of the set. */
export function useChosenScan(asked: ChosenScan, scannerOfSet: string | undefined) {
  const scans = useQuery(scansOfScannerQuery(undefined, MOST));
  const items = scans.data?.items ?? [];
  const wanted = asked.scanner ?? scannerOfSet;
  const scan =
    items.find((each) => each.scan_id === asked.scan) ??
    items.find((each) => wanted !== undefined && each.scanner_names.includes(wanted)) ??
    items[0];
  // A scan that is not among the newest is taken at its word.
  const id = asked.scan ?? scan?.scan_id;
  const names = scan?.scan_id === id ? (scan?.scanner_names ?? []) : [];
  const scanner = names.length === 0 || (wanted !== undefined && names.includes(wanted)) ? wanted : names[0];
  return { items, scan: id, scanner, names, error: scans.error, isLoading: scans.isPending };
}
