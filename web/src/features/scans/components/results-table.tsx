import type { ReactNode } from "react";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import type { WindowedRows } from "../../../ui/data-table/use-row-windows.ts";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { keyOf, type ResultRow } from "../model/result-row.ts";
import type { ResultsTableState } from "../model/use-results-table.ts";
import { useScanSearch } from "../model/use-scan-search.ts";

interface ResultsTableProps {
  rows: WindowedRows<ResultRow>;
  columns: readonly Column<ResultRow>[];
  table: ResultsTableState;
  /** What is wrong with the condition, which is told beside it. */
  problem: string | undefined;
  empty: ReactNode;
}

/** The results, of which those that are seen are read. */
export function ResultsTable({ rows, columns, table, problem, empty }: ResultsTableProps) {
  const { search, change } = useScanSearch();
  if (problem !== undefined) return null;
  if (rows.error !== null) {
    return <ErrorState error={rows.error} title="The results could not be read." onRetry={rows.retry} />;
  }
  if (rows.isLoading) return <Skeleton />;
  if (rows.count === 0) return empty;
  return (
    <DataTable
      key={table.jumps}
      label="Results"
      columns={columns}
      rows={rows}
      rowKey={keyOf}
      shown={search.columns}
      onShown={(shown) => change({ columns: shown })}
      order={search.order_by}
      onOrder={(order) => change({ order_by: order.length === 0 ? undefined : order, row: undefined })}
      activeKey={search.result ?? table.last}
      startAt={search.row}
      onActive={(row, index) => table.show(row, index)}
      onOpen={table.open}
      tone={(row) => (row.scan_error === null ? undefined : "error")}
    />
  );
}
