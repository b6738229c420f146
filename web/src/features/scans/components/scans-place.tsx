import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { runningScansQuery } from "../../../api/live.ts";
import { formatCounted } from "../../../domain/format.ts";
import { writtenRecords } from "../../../domain/written-records.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { type Selection, useRowsOfPages } from "../../../ui/data-table/rows.ts";
import { ColumnMenu } from "../../../ui/data-table/table-head.tsx";
import { Chip, Icon } from "../../../ui/drawings.tsx";
import { SearchField } from "../../../ui/fields.tsx";
import { Menu, type MenuItem } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader } from "../../../ui/layout.tsx";
import { AsCommand, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import {
  FILTERS,
  type Filter,
  filterValues,
  folderOf,
  GROUPED,
  isScan,
  keyOfLine,
  type LiveScan,
  linesOf,
  listCommand,
  type ScansSearch,
  scansIn,
  scansQuery,
  withGroups,
} from "../model/scan-list.ts";
import { CopyMenu, ScanActions } from "./scan-actions.tsx";
import { scansColumns } from "./scans-columns.tsx";
import styles from "./scans-place.module.css";

const NEWEST = ["-created"];
const NONE: readonly ScanItem[] = [];
/** What is copied of a scan. */
const COPIED = [
  ...["name", "scan_id", "state", "scanner_names", "model", "tags"],
  ...["transcripts", "results", "error_count", "cost", "timestamp"],
];

/** All scans, the newest first, with how those stand that run. */
export function ScansPlace() {
  const search: ScansSearch = useSearch({ from: "/scans/" });
  const navigate = useNavigate({ from: "/scans/" });
  const onSearch = (change: ScansSearch) => void navigate({ search: (was) => ({ ...was, ...change }), replace: true });
  const query = useInfiniteQuery(scansQuery(search));
  const running = useQuery(runningScansQuery).data;
  const pages = useRowsOfPages(query);
  const here = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? NONE, [query.data]);
  const rows = useMemo(() => linesOf(pages, here, running ?? {}, search.group), [pages, here, running, search.group]);
  const [selection, select] = useState<Selection>(new Set());
  const chosen = scansIn(rows, selection);
  const open = ({ scan_id, location }: LiveScan) =>
    void navigate({ to: "/scans/$scanId", params: { scanId: scan_id }, search: { scans: folderOf(location) } });
  /** Compare two scans, the older one first. */
  const compare = (scans: readonly LiveScan[]) => {
    const [a, b] = scans.toSorted((one, other) => one.timestamp.localeCompare(other.timestamp));
    if (a === undefined || b === undefined) return;
    void navigate({ to: "/compare", search: { a: a.scan_id, b: b.scan_id, scans: folderOf(a.location) } });
  };
  const compareWith = (scan: LiveScan) => {
    const [first] = chosen.filter((each) => each.scan_id !== scan.scan_id);
    if (chosen.length <= 2 && first !== undefined) return compare([first, scan]);
    select(new Set([...selection, scan.location]));
    return toast(`Select the scan that ${scan.name} is compared with, then Compare.`);
  };
  const columns = scansColumns((scan) => (
    <ScanActions scan={scan} onOpen={() => open(scan)} onCompare={() => compareWith(scan)} />
  ));
  const total = query.data?.pages.at(-1)?.total ?? 0;
  return (
    <>
      <PlaceHeader
        title="Scans"
        actions={
          <>
            <button
              type="button"
              disabled={chosen.length !== 2}
              onClick={() => compare(chosen)}
              title="Select two scans (x)"
            >
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
          rowKey={keyOfLine}
          shown={search.columns}
          onShown={(shown) => onSearch({ columns: shown })}
          order={search.order_by ?? NEWEST}
          onOrder={(order) => onSearch({ order_by: order.length === 0 ? undefined : order })}
          selection={selection}
          onSelection={(next) => select(withGroups(rows, selection, next))}
          onOpen={(line) => isScan(line) && open(line)}
        />
      )}
    </>
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

interface ScansFiltersProps {
  search: ScansSearch;
  /** Scans that are here: what can be chosen. */
  scans: readonly ScanItem[];
  onSearch: (change: ScansSearch) => void;
  children: React.ReactNode;
}

const GROUPS = [
  ["None", undefined],
  ["Scanners", "scanners"],
  ["Tag", "tag"],
] as const;

/** What narrows the list: a text, and values of scans as chips; and how it is grouped. */
function ScansFilters({ search, scans, onSearch, children }: ScansFiltersProps) {
  const field = useRef<HTMLInputElement>(null);
  const { q = "", group } = search;
  const toggle = (filter: Filter, value: string) => {
    const chosen = search[filter] ?? [];
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    onSearch({ [filter]: next.length === 0 ? undefined : next });
  };
  const nextGroup = GROUPS[(GROUPS.findIndex(([, each]) => each === group) + 1) % GROUPS.length]?.[1];
  useKeys("Scans", [
    { keys: ["/", "Mod+f"], label: "Find a scan", run: () => field.current?.focus() },
    { keys: "g s", label: "Group by scanners, by tag, or not", run: () => onSearch({ group: nextGroup }) },
  ]);
  const items = (filter: Filter) =>
    filterValues(scans, filter).map(
      (value): MenuItem => ({
        label: `${filter}: ${value}`,
        checked: search[filter]?.includes(value) === true,
        run: () => toggle(filter, value),
      }),
    );
  return (
    <div className={styles.filters}>
      <SearchField
        ref={field}
        name="Find a scan"
        placeholder="Name, scanner, model, tag, id"
        value={q}
        onChange={(typed) => onSearch({ q: typed === "" ? undefined : typed })}
      />
      <Menu
        button={
          <>
            <Icon name="filter" /> Filter
          </>
        }
        name="Filter"
        groups={FILTERS.map(items)}
      />
      {FILTERS.flatMap((filter) =>
        (search[filter] ?? []).map((value) => (
          <Chip
            key={`${filter} ${value}`}
            tone="accent"
            removeName={`Without ${filter} ${value}`}
            onRemove={() => toggle(filter, value)}
          >
            {filter}: {value}
          </Chip>
        )),
      )}
      <span className={styles.space} />
      <Menu
        button={`Group: ${group ?? "none"}`}
        groups={[GROUPS.map(([label, by]) => ({ label, checked: by === group, run: () => onSearch({ group: by }) }))]}
      />
      {children}
    </div>
  );
}
