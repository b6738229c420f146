import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { newestScansQuery } from "../api/list-scans.ts";
import { shownScanners } from "./verdicts.ts";

/** The scanners whose verdicts are shown. */
export function useShownScanners(chosen: readonly string[]) {
  const scans = useQuery({ ...newestScansQuery(), enabled: chosen.length > 0 }).data;
  return useMemo(() => shownScanners(chosen, scans?.items ?? []), [chosen, scans]);
}
