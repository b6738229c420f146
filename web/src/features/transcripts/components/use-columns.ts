import { useMemo } from "react";
import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { shownColumns } from "../../../ui/data-table/columns.ts";
import type { ListAsked } from "../api/list-transcripts.ts";
import { serverOrder } from "../model/order.ts";
import { useListAddress } from "../model/use-list-address.ts";
import { useShownScanners } from "../model/use-verdicts.ts";
import { readsOf, transcriptColumns, writtenColumns } from "./transcript-columns.tsx";

/** The columns that there are, and what is asked for so that the chosen ones can be shown. */
export function useColumns(fields: readonly TranscriptColumn[]) {
  const { search, list } = useListAddress();
  const scanners = useShownScanners(list.verdicts);
  const columns = useMemo(
    () => transcriptColumns(fields, search.columns, list.verdicts.length === 0 ? null : scanners),
    [fields, search.columns, list.verdicts.length, scanners],
  );
  return useMemo(() => {
    const shown = shownColumns(columns, search.columns);
    const asked: ListAsked = {
      location: list.location,
      where: list.where,
      order_by: serverOrder(list.order_by),
      columns: readsOf(shown),
    };
    return { columns, asked, written: writtenColumns(shown) };
  }, [columns, search.columns, list]);
}
