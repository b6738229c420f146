/** The commands that show the same as the table and the evidence. */

import { commandName, quoted } from "./scan-place.ts";
import type { ScanSearch } from "./scan-search.ts";

interface Named {
  scan_id: string;
}

export function resultsCommand(scan: Named, scanner: string, { where }: ScanSearch): string {
  const only = where === undefined ? "" : ` --where ${quoted(where)}`;
  return `scout scan results ${commandName(scan)} --scanner ${quoted(scanner)}${only} --all`;
}

export function showCommand(scan: Named, scanner: string, result: string): string {
  return `scout show ${commandName(scan)} ${result.slice(0, 8)} --scanner ${quoted(scanner)}`;
}

export function resultCommands(scan: Named, scanner: string, search: ScanSearch) {
  const all = resultsCommand(scan, scanner, search);
  const order = search.order_by ?? [];
  return [
    { name: "These results", command: all },
    { name: "As a file", command: `${all} -o results.csv` },
    ...(search.by === undefined
      ? []
      : [{ name: "Counted by group", command: `${all.replace(" --all", "")} --by ${quoted(search.by)}` }]),
    ...(search.result === undefined
      ? []
      : [{ name: "The evidence of the result", command: showCommand(scan, scanner, search.result) }]),
    { name: "Python", command: pythonOf(scan, scanner, search.where, order) },
  ];
}

function pythonOf(scan: Named, scanner: string, where: string | undefined, order: readonly string[]): string {
  const asked = [
    JSON.stringify(commandName(scan)),
    `scanner=${JSON.stringify(scanner)}`,
    ...(where === undefined ? [] : [`where=${JSON.stringify(where)}`]),
    ...(order.length === 0 ? [] : [`order_by=${JSON.stringify(order)}`]),
  ];
  return `from inspect_scout import scan_results_query\n\npage = scan_results_query(${asked.join(", ")})`;
}
