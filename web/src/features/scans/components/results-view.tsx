import { useMemo } from "react";
import { ServerError } from "../../../api/errors.ts";
import type { ScanDetail } from "../../../api/generated/types.gen.ts";
import { ColumnMenu } from "../../../ui/data-table/column-menu.tsx";
import { readColumn } from "../../../ui/data-table/columns.ts";
import { useRowWindows } from "../../../ui/data-table/use-row-windows.ts";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import { resultsQuery } from "../api/list-results.ts";
import { withCondition } from "../model/conditions.ts";
import { copiedResults } from "../model/copied-results.ts";
import { resultsCommand } from "../model/result-commands.ts";
import { EXTRA_COLUMNS } from "../model/result-row.ts";
import { useResultsTable } from "../model/use-results-table.ts";
import { useScanSearch } from "../model/use-scan-search.ts";
import { CopyMenu } from "./copy-menu.tsx";
import { Distribution } from "./distribution.tsx";
import { ErrorGroups } from "./error-groups.tsx";
import { EvidencePane } from "./evidence-pane.tsx";
import { ResultsFindBar } from "./find-bar.tsx";
import { ResultsBar } from "./results-bar.tsx";
import { resultsColumns } from "./results-columns.tsx";
import { ResultsTable } from "./results-table.tsx";

const COLOURS = 6;
const HELD: readonly string[] = EXTRA_COLUMNS.map(([id]) => id);

/** What a scanner found: errors first, how values are distributed, and each result beside its evidence. */
export function ResultsView({ scan, scanner }: { scan: ScanDetail; scanner: string }) {
  const { search, change } = useScanSearch();
  const of = useMemo(
    () => ({ scanId: scan.scan_id, scans: search.scans, scanner }),
    [scan.scan_id, search.scans, scanner],
  );
  const found = scan.findings?.find((each) => each.scanner === scanner);
  const colour = (scan.scanner_names.indexOf(scanner) % COLOURS) + 1;
  const hue = `var(--s${colour})`;
  const extra = (search.columns ?? []).map((written) => readColumn(written).id).filter((id) => HELD.includes(id));
  const { where, order_by } = search;
  const rows = useRowWindows((offset, limit) => resultsQuery(of, { where, order_by }, extra, offset, limit));
  const columns = useMemo(
    () =>
      resultsColumns({
        scanner,
        colour: hue,
        sought: search.regex === true ? "" : (search.find ?? ""),
        hasLabels: found?.kinds_by === "label",
        hasTargets: (scan.summary[scanner]?.agreement ?? null) !== null,
      }),
    [scanner, hue, search.find, search.regex, found?.kinds_by, scan.summary],
  );
  const problem =
    rows.error instanceof ServerError && rows.error.status === 400 && where !== undefined
      ? rows.error.message
      : undefined;
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
          <EvidencePane of={of} scan={scan} result={search.result} colour={colour} onClose={table.close} />
        )
      }
    >
      <ErrorGroups
        scan={scan}
        scanner={scanner}
        canResume={!scan.complete && scan.state !== "running"}
        onShow={addCondition}
      />
      <ResultsBar scan={scan} scanner={scanner} found={found} search={search} problem={problem} onChange={change}>
        <ColumnMenu columns={columns} shown={search.columns} onShown={(shown) => change({ columns: shown })} />
        <CopyMenu name="results" make={(format) => copiedResults(of, search, columns, format)} />
      </ResultsBar>
      <Distribution of={of} found={found} by={search.by} where={where} colour={hue} onChoose={addCondition} />
      {table.isFinding && (
        <ResultsFindBar
          search={search}
          finding={table.finding}
          at={table.at}
          onSearch={change}
          onStep={table.step}
          onClose={table.endFinding}
        />
      )}
      <ResultsTable
        rows={rows}
        columns={columns}
        table={table}
        problem={problem}
        empty={<NoResults isNarrowed={where !== undefined} command={resultsCommand(scan, scanner, {})} />}
      />
    </SplitPane>
  );
}

function NoResults({ isNarrowed, command }: { isNarrowed: boolean; command: string }) {
  if (isNarrowed) return <EmptyState title="No result is like that">Take a part of the condition away.</EmptyState>;
  return (
    <EmptyState title="No results yet" command={command}>
      They are listed here as they are recorded.
    </EmptyState>
  );
}
