import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { RunsDeleteScanResponse } from "../../../api/generated/types.gen.ts";
import { formatBytes, formatCounted, formatTime } from "../../../domain/format.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { CommandLine, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { commandName } from "../model/result-row.ts";
import { type ChangedScan, deleteScan } from "../model/use-scan-changes.ts";

interface DeleteDialogProps {
  scan: ChangedScan;
  onClose: () => void;
  onDeleted: (() => void) | undefined;
}

/** Asks before a scan is deleted, with what the server says will be lost. */
export function DeleteDialog({ scan, onClose, onDeleted }: DeleteDialogProps) {
  const queries = useQueryClient();
  const lost = useQuery({
    queryKey: ["scans", "deletion", scan.location],
    queryFn: () => deleteScan(scan, true),
    gcTime: 0,
  });
  const deleting = useMutation({
    mutationFn: () => deleteScan(scan, false),
    onSuccess: () => {
      onClose();
      onDeleted?.();
      void queries.invalidateQueries({ queryKey: ["scans"] });
    },
  });
  const error = lost.error ?? deleting.error;
  return (
    <Dialog
      title={`Delete ${scan.name}?`}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Keep it
          </button>
          <button
            type="button"
            data-kind="danger"
            disabled={lost.data === undefined || deleting.isPending}
            onClick={() => deleting.mutate()}
          >
            Delete for good
          </button>
        </>
      }
    >
      {error !== null && <ErrorState error={error} title="This scan cannot be deleted." />}
      {lost.isPending && <Skeleton lines={3} />}
      {lost.data !== undefined && <Lost {...lost.data} />}
      {lost.data !== undefined && <CommandLine command={`scout scan rm ${commandName(scan)}`} />}
    </Dialog>
  );
}

function Lost({ state, files, bytes, location }: RunsDeleteScanResponse) {
  return (
    <>
      <p>What will be lost, and cannot be brought back:</p>
      <ul>
        <li>
          {formatCounted(state.done ?? 0, "recorded call")} of {state.scanner_names.join(", ")} on{" "}
          {formatCounted(state.transcripts, "transcript")}
        </li>
        {state.results !== null && <li>{formatCounted(state.results, "result")} that found something</li>}
        <li>
          {formatCounted(files, "file")}, {formatBytes(bytes)}, begun {formatTime(state.timestamp)}
        </li>
      </ul>
      <p>
        <code>{location}</code>
      </p>
    </>
  );
}
