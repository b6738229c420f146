/** Where a scan is kept, and where it is shown. */

/** The folder that a scan is kept in. */
export function scansOf(location: string): string {
  return location.replace(/\/[^/]*\/?$/, "");
}

/** For `<Link>` and `navigate`: the route is that of another place, whose types are not known here. */
export function scanAddress(scan: { scan_id: string; location: string }, search: object = {}) {
  const address: { to: string; search: object } = {
    to: `/scans/${scan.scan_id}`,
    search: { scans: scansOf(scan.location), ...search },
  };
  return address;
}
