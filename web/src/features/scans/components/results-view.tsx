import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { read } from "../../../api/client.ts";
import { ServerError } from "../../../api/connection.ts";
import { formatCount } from "../../../domain/format.ts";
import { type WrittenFormat, writtenRecords } from "../../../domain/written-records.ts";
import { type Column, shownColumns } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { useRowWindows, type WindowedRows } from "../../../ui/data-table/rows.ts";
import { ColumnMenu } from "../../../ui/data-table/table-head.tsx";
import { FindBar, FindCount } from "../../../ui/fields.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { SplitPane } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { useOpenTranscript } from "../model/evidence.ts";
import { keyOfRow, type ResultRow, resultsCommand } from "../model/result-row.ts";
import { resultsQuery, type ScanView } from "../model/scan-search.ts";
import { type Finding, useFind } from "../model/use-find.ts";
import { resultsColumns } from "./results-columns.tsx";
import { Distribution, ErrorGroups, ResultsBar } from "./results-head.tsx";
import { CopyMenu } from "./scan-actions.tsx";

const EvidencePane = lazy(async () => ({ default: (await import("./evidence-pane.tsx")).EvidencePane }));

/** What a scanner found: errors first, how values are distributed, and each result beside its evidence. */
export function ResultsView(view: ScanView) {
  const { scan, scanner, of, found, colour, search, change } = view;
  const { result, where, find, regex = false, word = false, case: isCase = false } = search;
  const windows = useRowWindows((offset, limit) => resultsQuery(of, search, offset, limit));
  const rows = windows as WindowedRows<ResultRow>;
  const hasLabels = found?.kinds_by === "label";
  const hasTargets = (scan.summary[scanner]?.agreement ?? null) !== null;
  // Where columns stay the same, rows are not rendered again.
  const columns = useMemo(
    () => resultsColumns({ scanner, colour, sought: regex || find === undefined ? "" : find, hasLabels, hasTargets }),
    [scanner, colour, regex, find, hasLabels, hasTargets],
  );
  const isRefused = rows.error instanceof ServerError && rows.error.status === 400 && where !== undefined;
  const table = useResultsTable(view, rows);
  const { finding } = table;
  return (
    <SplitPane
      name="scout-evidence"
      label="Evidence"
      side="end"
      width={400}
      min={280}
      pane={
        result === undefined ? null : (
          <Suspense fallback={<Skeleton lines={6} />}>
            <EvidencePane view={view} result={result} onClose={table.close} />
          </Suspense>
        )
      }
    >
      <ErrorGroups {...view} />
      <ResultsBar view={view} problem={isRefused ? rows.error?.message : undefined}>
        <ColumnMenu columns={columns} shown={search.columns} onShown={(shown) => change({ columns: shown })} />
        <CopyMenu name="results" make={(format) => copiedResults(view, columns, format)} />
      </ResultsBar>
      {scan.findings !== null && <Distribution {...view} />}
      {table.isFinding && (
        <FindBar
          label="Find in all results"
          sought={find ?? ""}
          choices={{ case: isCase, word, regex }}
          onSeek={(text) => change({ find: text === "" ? undefined : text })}
          onChoose={(name, isOn) => change({ [name]: isOn ? true : undefined })}
          onStep={table.step}
          onClose={table.endFinding}
        >
          <FindCount error={finding.error}>{find === undefined ? "" : countWords(finding, table.at)}</FindCount>
        </FindBar>
      )}
      {!isRefused && <ResultsTable view={view} rows={rows} columns={columns} table={table} />}
    </SplitPane>
  );
}

function countWords({ count, hits, done }: Finding, at: number): string {
  if (count === 0) return done ? "not found" : "…";
  const place = at < 0 ? "" : `${formatCount(at + 1)} of `;
  const told = hits.length < count && done ? ` (the first ${formatCount(hits.length)} are told)` : "";
  return `${place}${formatCount(count)}${done ? "" : "+"} ${count === 1 ? "cell" : "cells"}${told}`;
}

/** Where one is in the table: the row whose evidence is open, and the hit that one is at. */
function useResultsTable({ of, search, change }: ScanView, rows: WindowedRows<ResultRow>) {
  const [isFinding, setFinding] = useState(search.find !== undefined);
  const [jumps, setJumps] = useState(0);
  const openTranscript = useOpenTranscript(of);
  const finding = useFind(of, search);
  const stood = useRef(-1);
  const step = (by: 1 | -1) => {
    const { hits } = finding;
    const next = (stood.current + by + hits.length) % hits.length;
    const hit = hits[next];
    if (hit === undefined) return;
    stood.current = next;
    change({ row: hit.position, result: hit.uuid ?? hit.transcript_id ?? undefined });
    setJumps((count) => count + 1);
  };
  const close = () => change({ result: undefined });
  const show = (row: ResultRow, index: number) => change({ result: keyOfRow(row), row: index });
  /** Closing the evidence does not leave its row. */
  const closed = search.row === undefined ? undefined : rows.at(search.row);
  useKeys("Results", [
    { keys: "Mod+f", label: "Find in all results", run: () => setFinding(true) },
    {
      keys: "Space",
      label: "Close the evidence, or open it again",
      run: () => {
        if (search.result !== undefined) close();
        else if (closed !== undefined) show(closed, search.row ?? 0);
      },
    },
    ...(isFinding
      ? [
          { keys: "Mod+g", label: "Next hit", run: () => step(1) },
          { keys: "Mod+G", label: "Hit before", run: () => step(-1) },
        ]
      : []),
  ]);
  return {
    isFinding,
    finding,
    at: stood.current >= 0 ? stood.current : finding.hits.findIndex(({ position }) => position === search.row),
    jumps,
    last: closed && keyOfRow(closed),
    show,
    step,
    close,
    open: (row: ResultRow) => void openTranscript(row),
    endFinding: () => {
      setFinding(false);
      change({ find: undefined });
    },
  };
}

interface ResultsTableProps {
  view: ScanView;
  rows: WindowedRows<ResultRow>;
  columns: readonly Column<ResultRow>[];
  table: ReturnType<typeof useResultsTable>;
}

/** The results, of which those that are seen are read. */
function ResultsTable({ view: { scan, scanner, search, change }, rows, columns, table }: ResultsTableProps) {
  if (rows.error !== null) {
    return <ErrorState error={rows.error} title="The results could not be read." onRetry={rows.retry} />;
  }
  if (rows.isLoading) return <Skeleton />;
  if (rows.count === 0 && search.where !== undefined) {
    return <EmptyState title="No result is like that">Take a part of the condition away.</EmptyState>;
  }
  if (rows.count === 0) {
    return (
      <EmptyState title="No results yet" command={resultsCommand(scan, scanner)}>
        They are listed here as they are recorded.
      </EmptyState>
    );
  }
  return (
    <DataTable
      key={table.jumps}
      label="Results"
      columns={columns}
      rows={rows}
      rowKey={keyOfRow}
      shown={search.columns}
      onShown={(shown) => change({ columns: shown })}
      order={search.order_by}
      onOrder={(order) => change({ order_by: order.length === 0 ? undefined : order, row: undefined })}
      activeKey={search.result ?? table.last}
      startAt={search.row}
      onActive={table.show}
      onOpen={table.open}
      tone={toneOf}
    />
  );
}

function toneOf({ scan_error }: ResultRow) {
  return scan_error === null ? undefined : "error";
}

const COPIED = 1000;

/** The results of the condition and order that are shown, with the columns that are shown; says so if they are not all. */
async function copiedResults(view: ScanView, all: readonly Column<ResultRow>[], format: WrittenFormat) {
  const { where, order_by, columns: asked } = view.search;
  const { path, query } = view.of;
  const shown = shownColumns(all, asked).map(({ column }) => column.id);
  const columns = [...new Set([...shown, "scan_error", "transcript_id"])];
  const page = await read("/scans/{scan_id}/{scanner}/results", {
    path,
    query: { ...query, where, order_by, columns, limit: COPIED },
  });
  const total = page.total ?? page.items.length;
  if (total > page.items.length) {
    toast(`Only the first ${COPIED} of ${total} results were copied. The command writes all of them to a file.`);
  }
  return writtenRecords(page.items, columns, format);
}
