import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { formatBytes, formatCounted, formatTime } from "../../../domain/format.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { CommandLine, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { type ChangedScan, deleteScan } from "../api/change-scan.ts";
import { commandName } from "../model/scan-place.ts";

interface DeleteDialogProps {
  scan: ChangedScan;
  onClose: () => void;
  onDeleted?: () => void;
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
      {lost.data !== undefined && (
        <>
          <p>What will be lost, and cannot be brought back:</p>
          <ul>
            <li>
              {formatCounted(lost.data.state.done ?? 0, "recorded call")} of {lost.data.state.scanner_names.join(", ")}{" "}
              on {formatCounted(lost.data.state.transcripts, "transcript")}
            </li>
            {lost.data.state.results !== null && (
              <li>{formatCounted(lost.data.state.results, "result")} that found something</li>
            )}
            <li>
              {formatCounted(lost.data.files, "file")}, {formatBytes(lost.data.bytes)}, begun{" "}
              {formatTime(lost.data.state.timestamp)}
            </li>
          </ul>
          <p>
            <code>{lost.data.location}</code>
          </p>
          <CommandLine command={`scout scan rm ${commandName(scan)}`} />
        </>
      )}
    </Dialog>
  );
}
