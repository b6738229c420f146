import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { ScanSearch } from "./scan-search.ts";

/** The address of the scan that is shown, and how it is changed: by replacing it, unless one goes somewhere. */
export function useScanSearch() {
  const from = "/scans/$scanId/";
  const { scanId } = useParams({ from });
  const search: ScanSearch = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = (to: ScanSearch, isStep = false) =>
    void navigate({ search: (was) => ({ ...was, ...to }), replace: !isStep });
  return { scanId, search, change };
}
