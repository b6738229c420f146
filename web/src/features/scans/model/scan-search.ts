/** What the address of a scan says, and what of it is asked of the server. */

export interface ScanSearch {
  scans?: string | undefined;
  scanner?: string | undefined;
  where?: string | undefined;
  order_by?: string[] | undefined;
  by?: string | undefined;
  columns?: string[] | undefined;
  /** The result whose evidence is open, and its place in the table. */
  result?: string | undefined;
  row?: number | undefined;
  find?: string | undefined;
  regex?: true | undefined;
  case?: true | undefined;
  word?: true | undefined;
  show?: "asked" | undefined;
}

/** A scanner of a scan. */
export interface ResultsOf {
  scanId: string;
  scans: string | undefined;
  scanner: string;
}

/** Path and query that name it to the server. */
export function named({ scanId, scans, scanner }: ResultsOf) {
  return {
    path: { scan_id: scanId, scanner },
    query: scans === undefined ? {} : { location: scans },
  };
}

export interface ResultsAsked {
  where?: string | undefined;
  order_by?: string[] | undefined;
}
