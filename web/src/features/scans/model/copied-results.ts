import { read } from "../../../api/client.ts";
import { type WrittenFormat, writtenRecords } from "../../../domain/written-records.ts";
import { type Column, shownColumns } from "../../../ui/data-table/columns.ts";
import { toast } from "../../../ui/toast.ts";
import type { ResultRow } from "./result-row.ts";
import { named, type ResultsOf, type ScanSearch } from "./scan-search.ts";

const MOST = 1000;

/** The results of the condition and order that are shown, with the columns that are shown; says so if they are not all. */
export async function copiedResults(
  of: ResultsOf,
  search: ScanSearch,
  columns: readonly Column<ResultRow>[],
  format: WrittenFormat,
): Promise<string> {
  const { path, query } = named(of);
  const shown = shownColumns(columns, search.columns).map(({ column }) => column.id);
  const wanted = ["scan_error", "transcript_id"].filter((each) => !shown.includes(each));
  const names = [...shown, ...wanted];
  const page = await read("/scans/{scan_id}/{scanner}/results", {
    path,
    query: {
      ...query,
      columns: names,
      limit: MOST,
      ...(search.where !== undefined && { where: search.where }),
      ...(search.order_by !== undefined && { order_by: search.order_by }),
    },
  });
  const total = page.total ?? page.items.length;
  if (total > page.items.length) {
    toast(`Only the first ${MOST} of ${total} results were copied. The command writes all of them to a file.`);
  }
  return writtenRecords(page.items, names, format);
}
