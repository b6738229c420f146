/** What the address of a scan says, and what is asked of the server for it. */

import type { QueryClient } from "@tanstack/react-query";
import { type RegisteredRouter, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ask } from "../../../api/ask.ts";
import type { FindingsItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { readColumn } from "../../../ui/data-table/columns.ts";

export type ScanSearch = RegisteredRouter["routesById"]["/scans/$scanId/"]["types"]["fullSearchSchema"];

/** The address of the scan that is shown, and how it is changed: by replacing it, unless one goes somewhere. */
export function useScanSearch() {
  const from = "/scans/$scanId/";
  const { scanId } = useParams({ from });
  const search: ScanSearch = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = (to: ScanSearch, isStep = false) =>
    void navigate({ search: (was) => ({ ...was, ...to }), replace: !isStep });
  const filter = (where: string | undefined) => change({ where, row: undefined });
  return { scanId, search, change, filter };
}

/** A scanner of a scan, as the server is asked for it. */
export interface ResultsOf {
  path: { scan_id: string; scanner: string };
  query: { location: string | undefined };
}

export function resultsOf(scan_id: string, scanner: string, location: string | undefined): ResultsOf {
  return { path: { scan_id, scanner }, query: { location } };
}

/** What is shown: one of the scanners of a scan, and the address that says how. */
export interface ScanView extends ReturnType<typeof useScanSearch> {
  scan: ScanDetail;
  scanner: string;
  of: ResultsOf;
  /** What it found; undefined before that is counted. */
  found: FindingsItem | undefined;
  /** One of the six that tell scanners apart. */
  colour: number;
}

/** How a scan stands and what was asked; what was found takes longer, and is asked for apart. */
export function scanQuery(scan_id: string, location: string | undefined) {
  return ask("/scans/{scan_id}", { path: { scan_id }, query: { location, findings: false } });
}

const COLUMNS = [
  ...["uuid", "transcript_id", "value", "label", "answer", "explanation", "scan_error"],
  ...["message_references", "event_references", "task_set", "task_id", "epoch", "model", "score", "message_count"],
  ...["validation_target", "validation_result"],
];

/** Columns that are read only when they are shown. */
export const EXTRA_COLUMNS: Readonly<Record<string, string>> = {
  agent: "Agent",
  date: "Date",
  total_tokens: "Tokens of the transcript",
  total_time: "Time of the transcript",
  scan_total_tokens: "Tokens of the scanner",
  input_type: "Input",
  metadata: "Metadata",
  transcript_id: "Transcript id",
  transcript_source_uri: "Log",
  timestamp: "Scanned at",
};

/** As many as a window of the table holds: what is asked before the table is there is what it asks first. */
const WINDOW = 200;

/** Results from a place in their order on. */
export function resultsQuery({ path, query }: ResultsOf, search: ScanSearch, offset = 0, limit = WINDOW) {
  const { where, order_by } = search;
  const extra = (search.columns ?? []).map((written) => readColumn(written).id).filter((id) => id in EXTRA_COLUMNS);
  const columns = [...new Set([...COLUMNS, ...extra])];
  // The description of the server does not know the offset yet.
  const window = { offset, limit };
  return ask("/scans/{scan_id}/{scanner}/results", { path, query: { ...query, where, order_by, columns, ...window } });
}

/** Ask for what the place shows first, before its code is here. */
export async function fetchFirstResults(queries: QueryClient, scanId: string, search: ScanSearch): Promise<void> {
  const reading = queries.fetchQuery(scanQuery(scanId, search.scans)).catch(() => undefined);
  const scanner = search.scanner ?? (await reading)?.scanner_names[0];
  if (scanner === undefined) return;
  await queries.prefetchQuery(resultsQuery(resultsOf(scanId, scanner, search.scans), search));
}
