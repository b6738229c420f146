import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { read } from "../../../api/client.ts";
import { ServerError } from "../../../api/errors.ts";
import type { ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { type WrittenFormat, writtenRecords } from "../../../domain/written-records.ts";
import { ColumnMenu } from "../../../ui/data-table/column-menu.tsx";
import { type Column, shownColumns } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { useRowWindows, type WindowedRows } from "../../../ui/data-table/use-row-windows.ts";
import { FindBar, FindCount } from "../../../ui/find-bar.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { withCondition } from "../model/conditions.ts";
import { useOpenTranscript } from "../model/evidence.ts";
import { keyOfRow, type ResultRow, resultsCommand } from "../model/result-row.ts";
import { type ResultsOf, resultsOf, resultsQuery, type ScanSearch, useScanSearch } from "../model/scan-search.ts";
import { type Finding, useFind } from "../model/use-find.ts";
import { Distribution } from "./distribution.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { ResultsBar } from "./results-bar.tsx";
import { resultsColumns } from "./results-columns.tsx";
import { CopyMenu } from "./scan-actions.tsx";

const EvidencePane = lazy(async () => ({ default: (await import("./evidence-pane.tsx")).EvidencePane }));

const COLOURS = 6;

/** What a scanner found: errors first, how values are distributed, and each result beside its evidence. */
export function ResultsView({ scan, scanner }: { scan: ScanDetail; scanner: string }) {
  const { search, change } = useScanSearch();
  const { where, find } = search;
  const of = resultsOf(scan.scan_id, scanner, search.scans);
  const found = scan.findings?.find((each) => each.scanner === scanner);
  const colour = (scan.scanner_names.indexOf(scanner) % COLOURS) + 1;
  const hue = `var(--s${colour})`;
  const windows = useRowWindows((offset, limit) => resultsQuery(of, search, offset, limit));
  const rows = windows as WindowedRows<ResultRow>;
  const shown = {
    scanner,
    colour: hue,
    sought: search.regex === true ? "" : (find ?? ""),
    hasLabels: found?.kinds_by === "label",
    hasTargets: (scan.summary[scanner]?.agreement ?? null) !== null,
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are rendered again only when one of its fields changes.
  const columns = useMemo(() => resultsColumns(shown), Object.values(shown));
  const isRefused = rows.error instanceof ServerError && rows.error.status === 400 && where !== undefined;
  const addCondition = (condition: string) => change({ where: withCondition(where, condition), row: undefined });
  const table = useResultsTable(of, search, change);
  return (
    <SplitPane
      name="scout-evidence"
      label="Evidence"
      side="end"
      width={400}
      min={280}
      pane={
        search.result === undefined ? null : (
          <Suspense fallback={<Skeleton lines={6} />}>
            <EvidencePane of={of} scan={scan} result={search.result} colour={colour} onClose={table.close} />
          </Suspense>
        )
      }
    >
      <ErrorGroups scan={scan} scanner={scanner} onShow={addCondition} />
      <ResultsBar
        scan={scan}
        scanner={scanner}
        found={found}
        search={search}
        problem={isRefused ? rows.error?.message : undefined}
        onChange={change}
      >
        <ColumnMenu columns={columns} shown={search.columns} onShown={(to) => change({ columns: to })} />
        <CopyMenu name="results" make={(format) => copiedResults(of, search, columns, format)} />
      </ResultsBar>
      {scan.findings !== null && (
        <Distribution of={of} found={found} by={search.by} where={where} colour={hue} onChoose={addCondition} />
      )}
      {table.isFinding && (
        <FindBar
          label="Find in all results"
          sought={find ?? ""}
          choices={{ case: search.case === true, word: search.word === true, regex: search.regex === true }}
          onSeek={table.seek}
          onChoose={(name, isOn) => change({ [name]: isOn ? true : undefined })}
          onStep={table.step}
          onClose={table.endFinding}
        >
          <FindCount error={table.finding.error}>
            {find === undefined ? "" : countWords(table.finding, table.at)}
          </FindCount>
        </FindBar>
      )}
      {!isRefused && <ResultsTable scan={scan} scanner={scanner} rows={rows} columns={columns} table={table} />}
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
function useResultsTable(of: ResultsOf, search: ScanSearch, change: (to: ScanSearch) => void) {
  const [isFinding, setFinding] = useState(search.find !== undefined);
  const [jumps, setJumps] = useState(0);
  /** The row that was open last: closing the evidence does not leave it. */
  const [last, setLast] = useState<Pick<ScanSearch, "result" | "row">>({});
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
  const close = () => {
    setLast({ result: search.result, row: search.row ?? 0 });
    change({ result: undefined });
  };
  useKeys("Results", [
    { keys: "Mod+f", label: "Find in all results", run: () => setFinding(true) },
    {
      keys: "Space",
      label: "Close the evidence, or open it again",
      run: () => {
        if (search.result !== undefined) close();
        else if (last.result !== undefined) change(last);
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
    last: last.result,
    show: (row: ResultRow, index: number) => {
      setLast({ result: keyOfRow(row), row: index });
      change({ result: keyOfRow(row), row: index });
    },
    step,
    close,
    open: (row: ResultRow) => void openTranscript(row),
    seek: (text: string) => change({ find: text === "" ? undefined : text }),
    endFinding: () => {
      setFinding(false);
      change({ find: undefined });
    },
  };
}

interface ResultsTableProps {
  scan: ScanDetail;
  scanner: string;
  rows: WindowedRows<ResultRow>;
  columns: readonly Column<ResultRow>[];
  table: ReturnType<typeof useResultsTable>;
}

/** The results, of which those that are seen are read. */
function ResultsTable({ scan, scanner, rows, columns, table }: ResultsTableProps) {
  const { search, change } = useScanSearch();
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
async function copiedResults(
  { path, query }: ResultsOf,
  { where, order_by, columns: asked }: ScanSearch,
  all: readonly Column<ResultRow>[],
  format: WrittenFormat,
): Promise<string> {
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
