import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AsCommand } from "../../../ui/as-command.tsx";
import { ColumnMenu } from "../../../ui/data-table/column-menu.tsx";
import type { Selection } from "../../../ui/data-table/selection.ts";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { columnsQuery } from "../api/list-columns.ts";
import { AllKeys } from "../model/all-keys.ts";
import { listCommands } from "../model/commands.ts";
import { ListContext, LongestContext } from "../model/list-context.ts";
import { isRefusal } from "../model/refusal.ts";
import { useFacetsShown } from "../model/use-facets-shown.ts";
import { useFind } from "../model/use-find.ts";
import { useListAddress } from "../model/use-list-address.ts";
import { useListRows } from "../model/use-rows.ts";
import { useSummary } from "../model/use-summary.ts";
import { ExportMenu } from "./export-menu.tsx";
import { FacetPanel } from "./facet-panel.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { FindField } from "./find-field.tsx";
import { FoundTable } from "./found-table.tsx";
import { LocationField } from "./location-field.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { SummaryLine } from "./summary-line.tsx";
import { TranscriptTable } from "./transcript-table.tsx";
import styles from "./transcripts-place.module.css";
import { useColumns } from "./use-columns.ts";
import { VerdictMenu } from "./verdict-menu.tsx";

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
  const { data: known } = useQuery(columnsQuery(list.location));
  const fields = known?.columns ?? NOTHING;
  const locations = known?.locations ?? NOTHING;
  const { columns, written, asked } = useColumns(fields);
  const found = useListRows(asked);
  const isReady = found.total !== undefined;
  const summary = useSummary(isReady && found.total !== 0);
  const { found: texts, stop } = useFind(list, sought);
  const [selection, setSelection] = useState<Selection | "all">(NONE);
  // Who takes one out of all begins anew: what is left could not be said.
  const onSelection = (next: Selection) => setSelection(selection === "all" ? NONE : next);
  const refusal = list.where.length > 0 && isRefusal(found.error) ? found.error.message : null;
  const [hasFacets] = useFacetsShown();
  const chosen = { columns, selection: selection === "all" ? ALL : selection, onSelection };
  const table = (
    <div className={styles.body}>
      {sought !== null && texts !== null ? (
        <FoundTable {...chosen} sought={sought} reads={asked.columns} found={texts} onStop={stop} />
      ) : (
        <TranscriptTable {...chosen} found={found} />
      )}
    </div>
  );
  return (
    <ListContext value={list}>
      <LongestContext value={summary?.longest ?? 0}>
        <PlaceHeader
          title="Transcripts"
          actions={
            <>
              <FindField />
              <VerdictMenu />
              <ColumnMenu columns={columns} shown={search.columns} onShown={(to) => change({ columns: to })} />
            </>
          }
        >
          <SummaryLine total={found.total} summary={summary} problems={found.problems} />
        </PlaceHeader>
        <FilterBar fields={fields} refusal={refusal}>
          <LocationField locations={locations} />
          <ExportMenu meant="all" columns={written} />
          <AsCommand commands={listCommands(list, locations)} />
        </FilterBar>
        {hasFacets ? (
          <SplitPane
            name="transcript-facets"
            label="Facets"
            side="start"
            width={248}
            pane={<FacetPanel fields={fields} isReady={isReady} />}
          >
            {table}
          </SplitPane>
        ) : (
          table
        )}
        {(selection === "all" || selection.size > 0) && (
          <SelectionBar
            meant={selection === "all" ? "all" : [...selection]}
            total={found.total}
            columns={written}
            locations={locations}
            onAll={() => setSelection("all")}
            onNone={() => setSelection(NONE)}
          />
        )}
      </LongestContext>
    </ListContext>
  );
}
