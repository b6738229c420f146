/** Where scans are kept and shown. */

/** Where a scan is shown; the route is that of another place. */
export function scanAddress(scanId: string, location: string): { to: string; search: object } {
  return { to: `/scans/${scanId}`, search: { scans: scansOf(location) } };
}

/** The folder that a scan is kept in. */
export function scansOf(location: string): string {
  return location.replace(/\/[^/]*\/?$/, "");
}
