import { useMutation } from "@tanstack/react-query";
import { send } from "../../../api/client.ts";
import type { ScanItem } from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { scansOf } from "../../../domain/scan-address.ts";
import { ConfirmDialog } from "../../../ui/floating.tsx";
import { CommandLine } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";

interface CancelScanProps {
  scan: Pick<ScanItem, "scan_id" | "name" | "location" | "done" | "total">;
  onClose: () => void;
}

/** Asks whether a scan shall end now, and says what of it stays. */
export function CancelScan({ scan, onClose }: CancelScanProps) {
  const cancel = useMutation({
    mutationFn: () =>
      send("POST", "/scans/{scan_id}/cancel", {
        path: { scan_id: scan.scan_id },
        query: { location: scansOf(scan.location) },
      }),
    onSuccess: () => {
      toast(`${scan.name} was asked to end.`);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={`Cancel ${scan.name}?`}
      keep="Let it run"
      action="Cancel the scan"
      error={cancel.error}
      disabled={cancel.isPending}
      onConfirm={cancel.mutate}
      onClose={onClose}
    >
      <p>
        {formatCount(scan.done ?? 0)} of {formatCount(scan.total)} are done and stay as they are. The rest is scanned
        when you go on with it:
      </p>
      <CommandLine command={`scout scan resume ${scan.scan_id}`} />
    </ConfirmDialog>
  );
}
