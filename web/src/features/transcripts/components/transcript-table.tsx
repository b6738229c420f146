import { useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import type { Selection } from "../../../ui/data-table/selection.ts";
import { EmptyState, Skeleton } from "../../../ui/states.tsx";
import { transcriptHref } from "../model/links.ts";
import { VerdictsContext } from "../model/list-context.ts";
import { useListAddress } from "../model/use-list-address.ts";
import type { ListRows } from "../model/use-rows.ts";
import { useShownScanners } from "../model/use-verdicts.ts";
import { ListError } from "./list-error.tsx";
import styles from "./transcript-table.module.css";

interface TranscriptTableProps {
  columns: readonly Column<TranscriptRow>[];
  found: ListRows;
  selection: Selection;
  onSelection: (selection: Selection) => void;
}

/** The transcripts of the list, or what stands where there are none. */
export function TranscriptTable({ columns, found, selection, onSelection }: TranscriptTableProps) {
  const { search, list, change } = useListAddress();
  const { history } = useRouter();
  const scanners = useShownScanners(list.verdicts);
  const { idsOf } = found;
  const verdicts = useMemo(() => ({ scanners, idsOf }), [scanners, idsOf]);
  if (found.error !== null) return <ListError error={found.error} onRetry={found.retry} />;
  if (found.total === undefined && found.rows.count === 0) return <Skeleton lines={16} />;
  if (found.total === 0) return <NoTranscripts problems={found.problems} />;
  return (
    <VerdictsContext value={verdicts}>
      <div className={styles.table} data-stale={found.isStale || undefined} aria-busy={found.isStale}>
        <DataTable
          label="Transcripts"
          columns={columns}
          rows={found.rows}
          rowKey={rowKey}
          shown={search.columns}
          onShown={(shown) => change({ columns: shown })}
          order={list.order_by}
          onOrder={(order_by) => change({ order_by: order_by.length === 0 ? undefined : order_by }, true)}
          selection={selection}
          onSelection={onSelection}
          onOpen={(row) => history.push(transcriptHref(row.transcript_id, list))}
        />
      </div>
    </VerdictsContext>
  );
}

function rowKey(row: TranscriptRow): string {
  return row.transcript_id;
}

function NoTranscripts({ problems }: { problems: readonly string[] }) {
  const { list, change } = useListAddress();
  if (list.where.length > 0) {
    return (
      <EmptyState title="No transcript meets these conditions">
        <button type="button" onClick={() => change({ where: undefined }, true)}>
          Show all transcripts
        </button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No transcripts here" command="scout view -T LOGS">
      {problems.length === 0
        ? "Say where they are: logs of Inspect, a folder of them, or a database."
        : `These could not be read:\n${problems.join("\n")}`}
    </EmptyState>
  );
}
