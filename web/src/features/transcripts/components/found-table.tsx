import { useRouter } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import type { Selection } from "../../../ui/data-table/selection.ts";
import { EmptyState } from "../../../ui/states.tsx";
import type { Sought } from "../api/find-texts.ts";
import type { Found } from "../model/found.ts";
import { transcriptHref } from "../model/links.ts";
import { SoughtContext, VerdictsContext } from "../model/list-context.ts";
import { useListAddress } from "../model/use-list-address.ts";
import { useRowsOfIds } from "../model/use-rows-of-ids.ts";
import { useShownScanners } from "../model/use-verdicts.ts";
import { FindProgress } from "./find-progress.tsx";
import { HitLines } from "./hit-lines.tsx";

interface FoundTableProps {
  columns: readonly Column<TranscriptRow>[];
  /** What is read of each. */
  reads: readonly string[];
  sought: Sought;
  found: Found;
  onStop: () => void;
  selection: Selection;
  onSelection: (selection: Selection) => void;
}

/** The transcripts that have the text, each with its hits below. */
export function FoundTable({ columns, reads, sought, found, onStop, selection, onSelection }: FoundTableProps) {
  const { search, list, change } = useListAddress();
  const { history } = useRouter();
  const scanners = useShownScanners(list.verdicts);
  const { rows, idsOf } = useRowsOfIds(found.ids, list.location, reads);
  const verdicts = useMemo(() => ({ scanners, idsOf }), [scanners, idsOf]);
  const { hits } = found;
  const isWhole = found.state === "done" && (found.progress?.problems ?? []).length === 0;
  const detail = useCallback(
    (row: TranscriptRow) => <HitLines id={row.transcript_id} hits={hits.get(row.transcript_id) ?? []} />,
    [hits],
  );
  const open = (id: string) => {
    const first = hits.get(id)?.[0];
    history.push(transcriptHref(id, list, first === undefined ? undefined : { message: first.number, ...sought }));
  };
  return (
    <SoughtContext value={sought}>
      <FindProgress found={found} onStop={onStop} />
      {found.ids.length === 0 ? (
        found.state !== "searching" &&
        found.state !== "failed" && (
          <EmptyState title={isWhole ? "No message has this text" : "No message that was read has this text"} />
        )
      ) : (
        <VerdictsContext value={verdicts}>
          <DataTable
            label="Transcripts with the text"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.transcript_id}
            shown={search.columns}
            onShown={(shown) => change({ columns: shown })}
            order={list.order_by}
            onOrder={(order_by) => change({ order_by: order_by.length === 0 ? undefined : order_by }, true)}
            measured
            detail={detail}
            selection={selection}
            onSelection={onSelection}
            onOpen={(row) => open(row.transcript_id)}
          />
        </VerdictsContext>
      )}
    </SoughtContext>
  );
}
