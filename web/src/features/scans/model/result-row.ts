/** Rows of results, and what is said of them in words and in commands. */

import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { shellLine } from "../../../domain/shell-words.ts";
import type { ScanSearch } from "./scan-search.ts";

interface Cite {
  cite: string;
  id: string;
}

export interface ResultRow {
  uuid: string | null;
  transcript_id: string;
  answer: string | null;
  explanation: string | null;
  scan_error: string | null;
  message_references: unknown;
  event_references: unknown;
  message_count: number | null;
  [column: string]: unknown;
}

/** What tells a result from others; a call that failed before it had an id is told by its transcript. */
export function keyOfRow(row: Pick<ResultRow, "uuid" | "transcript_id">): string {
  return row.uuid ?? row.transcript_id;
}

/** What a row cites; a list that is not recorded is empty. */
export function citesOf(row: ResultRow): Cite[] {
  return [row.message_references, row.event_references].flatMap((cell) =>
    Array.isArray(cell) ? (cell as Cite[]) : [],
  );
}

type Named = Pick<ScanItem, "scan_id">;

/** As commands name a scan: by the beginning of its id. */
export function commandName({ scan_id }: Named): string {
  return scan_id.slice(0, 8);
}

export function resultsCommand(scan: Named, scanner: string, where?: string): string {
  const only = where === undefined ? [] : ["--where", where];
  return shellLine(["scout", "scan", "results", commandName(scan), "--scanner", scanner, ...only, "--all"]);
}

export function showCommand(scan: Named, scanner: string, result: string): string {
  return shellLine(["scout", "show", commandName(scan), result.slice(0, 8), "--scanner", scanner]);
}

/** The commands that show the same as the table and the evidence. */
export function resultCommands(scan: Named, scanner: string, { where, by, result, order_by }: ScanSearch) {
  const all = resultsCommand(scan, scanner, where);
  const asked = [
    JSON.stringify(commandName(scan)),
    `scanner=${JSON.stringify(scanner)}`,
    ...(where === undefined ? [] : [`where=${JSON.stringify(where)}`]),
    ...(order_by === undefined ? [] : [`order_by=${JSON.stringify(order_by)}`]),
  ];
  const python = `from inspect_scout import scan_results_query\n\npage = scan_results_query(${asked.join(", ")})`;
  const grouped = `${all.replace(/ --all$/, "")} ${shellLine(["--by", by ?? ""])}`;
  return [
    { name: "These results", command: all },
    { name: "As a file", command: `${all} -o results.csv` },
    ...(by === undefined ? [] : [{ name: "Counted by group", command: grouped }]),
    ...(result === undefined
      ? []
      : [{ name: "The evidence of the result", command: showCommand(scan, scanner, result) }]),
    { name: "Python", command: python },
  ];
}
