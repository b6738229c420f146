import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { runningScansQuery } from "../../../api/live.ts";
import { formatCounted } from "../../../domain/format.ts";
import { writtenRecords } from "../../../domain/written-records.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { ColumnMenu } from "../../../ui/data-table/column-menu.tsx";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { useRowsOfPages } from "../../../ui/data-table/rows.ts";
import type { Selection } from "../../../ui/data-table/selection.ts";
import { Menu } from "../../../ui/menu.tsx";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { scansQuery } from "../api/list-scans.ts";
import { linesOf, scansIn, withGroups } from "../model/scan-lines.ts";
import { askedOf, FILTERS, GROUPED, type LiveScan, listCommand, type ScansSearch } from "../model/scan-list.ts";
import { folderOf } from "../model/scan-place.ts";
import { CopyMenu } from "./copy-menu.tsx";
import { ScanActions } from "./scan-actions.tsx";
import { scansColumns } from "./scans-columns.tsx";
import { ScansFilters } from "./scans-filters.tsx";

const NEWEST = ["-created"];
/** What is copied of a scan. */
const COPIED = [
  ...["name", "scan_id", "state", "scanner_names", "model", "tags"],
  ...["transcripts", "results", "error_count", "cost", "timestamp"],
];

/** All scans, the newest first, with how those stand that run. */
export function ScansPlace() {
  const search = useSearch({ from: "/scans/" });
  const navigate = useNavigate({ from: "/scans/" });
  const onSearch = (change: ScansSearch) => navigate({ search: (was) => ({ ...was, ...change }), replace: true });
  const query = useInfiniteQuery(scansQuery(askedOf(search)));
  const running = useQuery(runningScansQuery).data;
  const pages = useRowsOfPages(query);
  const rows = useMemo(
    () => linesOf(pages, query.data?.pages, running ?? {}, search.group),
    [pages, query.data, running, search.group],
  );
  const [selection, select] = useState<Selection>(new Set());
  const chosen = scansIn(rows, selection);
  const open = (scan: LiveScan) =>
    navigate({
      to: "/scans/$scanId",
      params: { scanId: scan.scan_id },
      search: { scans: folderOf(scan.location) },
    });
  const { compare, compareWith } = useComparing(chosen, (key) => select(new Set([...selection, key])));
  const columns = scansColumns((scan) => (
    <ScanActions scan={scan} onOpen={() => open(scan)} onCompare={() => compareWith(scan)} />
  ));
  const here = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages.at(-1)?.total ?? 0;
  return (
    <>
      <PlaceHeader
        title="Scans"
        actions={
          <>
            <button type="button" disabled={chosen.length !== 2} onClick={compare} title="Select two scans (x)">
              Compare
            </button>
            <CopyMenu name="scans" make={(format) => writtenRecords(here, COPIED, format)} />
            <AsCommand commands={[{ name: "List these scans", command: listCommand(search) }]} />
          </>
        }
      >
        {query.isSuccess && <span>{formatCounted(total, "scan")}</span>}
        {search.group !== undefined && total > GROUPED && <span>groups of the first {GROUPED}</span>}
        {chosen.length > 0 && <span>{chosen.length} selected</span>}
      </PlaceHeader>
      <ScansFilters search={search} scans={here} onSearch={onSearch}>
        <GroupMenu search={search} onSearch={onSearch} />
        <ColumnMenu columns={columns} shown={search.columns} onShown={(shown) => onSearch({ columns: shown })} />
      </ScansFilters>
      {query.isError && (
        <ErrorState error={query.error} title="The scans could not be listed." onRetry={query.refetch} />
      )}
      {query.isPending && <Skeleton />}
      {query.isSuccess && rows.count === 0 && <NoScans search={search} />}
      {query.isSuccess && rows.count > 0 && (
        <DataTable
          label="Scans"
          columns={columns}
          rows={rows}
          rowKey={(line) => line.key}
          shown={search.columns}
          onShown={(shown) => onSearch({ columns: shown })}
          order={search.order_by ?? NEWEST}
          onOrder={(order) => onSearch({ order_by: order.length === 0 ? undefined : order })}
          selection={selection}
          onSelection={(next) => select(withGroups(rows, selection, next))}
          onOpen={(line) => line.kind === "scan" && open(line.scan)}
        />
      )}
    </>
  );
}

function GroupMenu({ search, onSearch }: { search: ScansSearch; onSearch: (change: ScansSearch) => void }) {
  const choice = (label: string, group: ScansSearch["group"]) => ({
    label,
    checked: search.group === group,
    run: () => onSearch({ group }),
  });
  return (
    <Menu
      button={`Group: ${search.group ?? "none"}`}
      groups={[[choice("None", undefined), choice("Scanners", "scanners"), choice("Tag", "tag")]]}
    />
  );
}

function NoScans({ search }: { search: ScansSearch }) {
  const isNarrowed = search.q !== undefined || FILTERS.some((filter) => search[filter] !== undefined);
  if (isNarrowed) return <EmptyState title="No scan is like that">Take a filter away, or look for less.</EmptyState>;
  return (
    <EmptyState title="No scans yet" command="scout scan scanners.py -T ./logs">
      A scan asks your scanners about each transcript. What it finds is listed here while it runs.
    </EmptyState>
  );
}

/** Compare two scans, the older one first. */
function useComparing(chosen: readonly LiveScan[], choose: (key: string) => void) {
  const navigate = useNavigate({ from: "/scans/" });
  const go = (scans: readonly LiveScan[]) => {
    const [a, b] = scans.toSorted((one, other) => one.timestamp.localeCompare(other.timestamp));
    if (a === undefined || b === undefined) return;
    navigate({ to: "/compare", search: { a: a.scan_id, b: b.scan_id, scans: folderOf(a.location) } });
  };
  const compareWith = (scan: LiveScan) => {
    const [first] = chosen.filter((each) => each.scan_id !== scan.scan_id);
    if (chosen.length <= 2 && first !== undefined) return go([first, scan]);
    choose(scan.location);
    toast(`Select the scan that ${scan.name} is compared with, then Compare.`);
    return undefined;
  };
  return { compare: () => go(chosen), compareWith };
}
