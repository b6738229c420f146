import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import { queryKeys } from "../../../api/query-keys.ts";

/** How a scan stands, what was asked, and what its scanners found. */
export function scanQuery(scanId: string, scans: string | undefined) {
  const query = scans === undefined ? {} : { location: scans };
  return queryOptions({
    queryKey: queryKeys.scan(scanId, query),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}", {
        path: { scan_id: scanId },
        query,
        signal,
      }),
    placeholderData: (before) => (before?.scan_id === scanId ? before : undefined),
  });
}

/** What went wrong, by cause, with a traceback of each. */
export function errorsQuery(scanId: string, scans: string | undefined, scanner: string) {
  const query = { scanner, ...(scans !== undefined && { location: scans }) };
  return queryOptions({
    queryKey: queryKeys.scanErrors(scanId, query),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/errors", {
        path: { scan_id: scanId },
        query,
        signal,
      }),
  });
}
