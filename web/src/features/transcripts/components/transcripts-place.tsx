import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ColumnMenu } from "../../../ui/data-table/column-menu.tsx";
import { shownColumns } from "../../../ui/data-table/columns.ts";
import type { Selection } from "../../../ui/data-table/selection.ts";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { columnsQuery } from "../api/list-columns.ts";
import type { ListAsked } from "../api/list-transcripts.ts";
import { ListContext, LongestContext } from "../model/list-context.ts";
import { serverOrder } from "../model/order.ts";
import { isRefusal } from "../model/refusal.ts";
import { useFind } from "../model/use-find.ts";
import { useListAddress } from "../model/use-list-address.ts";
import { useListRows } from "../model/use-rows.ts";
import { FacetPanel } from "./facet-panel.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { FindField } from "./find-field.tsx";
import { FoundTable } from "./found-table.tsx";
import { readsOf, transcriptColumns } from "./transcript-columns.tsx";
import { TranscriptTable } from "./transcript-table.tsx";
import styles from "./transcripts-place.module.css";

const NO_FIELDS: readonly never[] = [];

/** All transcripts: found, filtered, counted, chosen, and opened. */
export function TranscriptsPlace() {
  const { list } = useListAddress();
  // Elsewhere are other transcripts: nothing of these may be shown meanwhile.
  return <OneList key={list.location} />;
}

function OneList() {
  const { search, list, sought, change } = useListAddress();
  const fields = useQuery(columnsQuery(list.location)).data?.columns ?? NO_FIELDS;
  const columns = useMemo(
    () => transcriptColumns(fields, search.columns, undefined),
    [fields, search.columns],
  );
  const asked = useMemo<ListAsked>(
    () => ({
      location: list.location,
      where: list.where,
      order_by: serverOrder(list.order_by),
      columns: readsOf(shownColumns(columns, search.columns)),
    }),
    [list, columns, search.columns],
  );
  const found = useListRows(asked);
  const { found: texts, stop } = useFind(list, sought);
  const [selection, setSelection] = useState<Selection>(() => new Set());
  const refusal = list.where.length > 0 && isRefusal(found.error) ? found.error.message : null;
  const table = (
    <div className={styles.body}>
      {sought !== null && texts !== null ? (
        <FoundTable
          {...{ columns, sought, selection }}
          reads={asked.columns}
          found={texts}
          onStop={stop}
          onSelection={setSelection}
        />
      ) : (
        <TranscriptTable columns={columns} found={found} selection={selection} onSelection={setSelection} />
      )}
    </div>
  );
  return (
    <ListContext value={list}>
      <LongestContext value={0}>
        <PlaceHeader
          title="Transcripts"
          actions={
            <>
              <FindField />
              <ColumnMenu
                columns={columns}
                shown={search.columns}
                onShown={(shown) => change({ columns: shown })}
              />
            </>
          }
        />
        <FilterBar fields={fields} refusal={refusal} />
        {search.side === "none" ? (
          table
        ) : (
          <SplitPane
            name="transcript-facets"
            label="Facets"
            side="start"
            width={248}
            pane={<FacetPanel fields={fields} isReady={found.total !== undefined} />}
          >
            {table}
          </SplitPane>
        )}
      </LongestContext>
    </ListContext>
  );
}
