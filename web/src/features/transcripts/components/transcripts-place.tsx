import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { ServerError } from "../../../api/connection.ts";
import { shownColumns } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import type { Selection } from "../../../ui/data-table/rows.ts";
import { ColumnMenu } from "../../../ui/data-table/table-head.tsx";
import { PlaceHeader, SplitPane } from "../../../ui/layout.tsx";
import { AsCommand, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { listCommands, transcriptHref } from "../model/leaving.ts";
import type { ListedRow, SharedTable } from "../model/list.ts";
import { SUMMED, summaryFacts, summaryOf } from "../model/summary.ts";
import { useFacetsShown, useFields, useListAddress, useListRows } from "../model/use-list.ts";
import { NEWEST_SCANS, shownScanners } from "../model/verdicts.ts";
import { transcriptColumns, writtenColumns } from "./columns.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { FacetPanel } from "./facets.tsx";
import { FilterBar } from "./filters.tsx";
import { FindField, FoundTable } from "./find.tsx";
import { LocationField } from "./location-field.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import styles from "./transcripts-place.module.css";
import { VerdictMenu } from "./verdicts.tsx";

/** Keys of all rows, also of those that are not here. */
class AllKeys extends Set<string> {
  override has(): boolean {
    return true;
  }
}

const NOTHING: readonly never[] = [];
const NONE: Selection = new Set();
const ALL = new AllKeys();

/** All transcripts: found, filtered, counted, chosen, and opened. */
export function TranscriptsPlace() {
  const { list } = useListAddress();
  // Elsewhere are other transcripts: nothing of these may be shown meanwhile.
  return <OneList key={list.location} />;
}

function OneList() {
  const { search, list, sought, change } = useListAddress();
  const { location, where, verdicts } = list;
  const { fields, locations } = useFields();
  const found = useListRows(list, search.columns);
  const { total, error } = found;
  const { data: summary } = useQuery({
    ...ask("/transcripts/facets", { query: { location, where, by: SUMMED, limit: SUMMED_VALUES } }),
    // Once the first rows are there.
    enabled: total !== undefined && total > 0,
    select: summaryOf,
  });
  const { data: scanners = NOTHING } = useQuery({
    ...NEWEST_SCANS,
    enabled: verdicts.length > 0,
    select: ({ items }) => shownScanners(verdicts, items),
  });
  const longest = summary?.longest ?? 0;
  const columns = useMemo(
    () => transcriptColumns(fields, search.columns, list, scanners, longest),
    [fields, search.columns, list, scanners, longest],
  );
  const written = writtenColumns(shownColumns(columns, search.columns));
  const [selection, setSelection] = useState<Selection | "all">(NONE);
  const [hasFacets] = useFacetsShown();
  const onShown = (to: string[] | undefined) => change({ columns: to });
  const refusal = where.length > 0 && error instanceof ServerError && error.status === 400 ? error.message : null;
  const shared: SharedTable = {
    columns,
    rowKey,
    shown: search.columns,
    onShown,
    order: list.order_by,
    onOrder: (order_by) => change({ order_by }, true),
    selection: selection === "all" ? ALL : selection,
    // Who takes one out of all begins anew: what is left could not be said.
    onSelection: (next) => setSelection(selection === "all" ? NONE : next),
  };
  const table = (
    <div className={styles.body}>
      {sought === null ? (
        <ListTable table={shared} found={found} refusal={refusal} />
      ) : (
        <FoundTable table={shared} sought={sought} />
      )}
    </div>
  );
  return (
    <>
      <PlaceHeader
        title="Transcripts"
        actions={
          <>
            <FindField />
            <VerdictMenu />
            <ColumnMenu columns={columns} shown={search.columns} onShown={onShown} />
          </>
        }
      >
        {total !== undefined &&
          summaryFacts(total, found.problems, summary).map(({ words, title }) => (
            <span key={words} title={title}>
              {words}
            </span>
          ))}
      </PlaceHeader>
      <FilterBar refusal={refusal}>
        <LocationField />
        <ExportMenu meant="all" columns={written} />
        <AsCommand commands={listCommands(list, locations)} />
      </FilterBar>
      {hasFacets ? (
        <SplitPane
          name="transcript-facets"
          label="Facets"
          side="start"
          width={248}
          pane={<FacetPanel isReady={total !== undefined} />}
        >
          {table}
        </SplitPane>
      ) : (
        table
      )}
      {(selection === "all" || selection.size > 0) && (
        <SelectionBar
          meant={selection === "all" ? "all" : [...selection]}
          total={total}
          columns={written}
          onAll={() => setSelection("all")}
          onNone={() => setSelection(NONE)}
        />
      )}
    </>
  );
}

/** More different values than these are not looked at: how many there are is told. */
const SUMMED_VALUES = 3;

function rowKey(row: ListedRow): string {
  return row.transcript_id;
}

interface ListTableProps {
  table: SharedTable;
  found: ReturnType<typeof useListRows>;
  /** Why the server did not take the filters. */
  refusal: string | null;
}

/** The transcripts of the list, or what stands where there are none. */
function ListTable({ table, found, refusal }: ListTableProps) {
  const { list, change } = useListAddress();
  const { history } = useRouter();
  const { rows, total, problems, error, isStale } = found;
  if (refusal !== null) {
    return (
      <EmptyState title="There is no list for these filters">
        <p className={styles.refused}>Change what is said above not to fit, or take the last filter away.</p>
        <button type="button" onClick={() => change({ where: list.where.slice(0, -1) }, true)}>
          Take the last filter away
        </button>
      </EmptyState>
    );
  }
  // The project has no place for them yet.
  if (error instanceof ServerError && error.status === 404 && list.location === undefined) {
    return (
      <EmptyState title="No transcripts here" command="scout view -T LOGS">
        {error.message}
      </EmptyState>
    );
  }
  if (error !== null) return <ListError error={error} onRetry={found.retry} />;
  if (total === undefined && rows.count === 0) return <Skeleton lines={16} />;
  if (total === 0) {
    return list.where.length > 0 ? (
      <EmptyState title="No transcript meets these conditions">
        <button type="button" onClick={() => change({ where: undefined }, true)}>
          Show all transcripts
        </button>
      </EmptyState>
    ) : (
      <EmptyState title="No transcripts here" command="scout view -T LOGS">
        {problems.length === 0
          ? "Say where they are: logs of Inspect, a folder of them, or a database."
          : `These could not be read:\n${problems.join("\n")}`}
      </EmptyState>
    );
  }
  const open = (row: ListedRow) => history.push(transcriptHref(row.transcript_id, list));
  return (
    <div className={styles.body} data-stale={isStale || undefined} aria-busy={isStale}>
      <DataTable {...table} label="Transcripts" rows={rows} onOpen={open} />
    </div>
  );
}

/** Why the transcripts could not be listed, and the way back from what the address asks for. */
function ListError({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { search, change } = useListAddress();
  const isElsewhere = search.location !== undefined;
  const isAsked = isElsewhere || search.order_by !== undefined || search.columns !== undefined;
  const plain = { location: undefined, where: undefined, order_by: undefined, columns: undefined };
  return (
    <div>
      <ErrorState title="The transcripts could not be listed." error={error} onRetry={onRetry} />
      {isAsked && (
        <div className={styles.back}>
          <button type="button" onClick={() => change(plain, true)}>
            {isElsewhere ? "Show the transcripts of the project" : "Show the list as it is by itself"}
          </button>
        </div>
      )}
    </div>
  );
}
