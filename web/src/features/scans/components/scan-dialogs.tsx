import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { RunsDeleteScanResponse, ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatBytes, formatCount, formatCounted, formatTime } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { JsonTree } from "../../../ui/content/output.tsx";
import type { Json } from "../../../ui/content/text.ts";
import { ConfirmDialog, Dialog } from "../../../ui/floating.tsx";
import { CommandLine, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { askedOfScanner, settingsOf } from "../model/findings.ts";
import { commandName } from "../model/result-row.ts";
import { type ChangedScan, deleteScan } from "../model/use-scan-changes.ts";
import styles from "./scan-dialogs.module.css";

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
    <ConfirmDialog
      title={`Delete ${scan.name}?`}
      keep="Keep it"
      action="Delete for good"
      disabled={lost.data === undefined || deleting.isPending}
      onConfirm={deleting.mutate}
      onClose={onClose}
    >
      {error !== null && <ErrorState error={error} title="This scan cannot be deleted." />}
      {lost.isPending && <Skeleton lines={3} />}
      {lost.data !== undefined && <Lost {...lost.data} />}
      {lost.data !== undefined && <CommandLine command={`scout scan rm ${commandName(scan)}`} />}
    </ConfirmDialog>
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

interface AskedDialogProps {
  scan: ScanDetail;
  scanner: string | undefined;
  onClose: () => void;
}

/** All that was asked: question, template, arguments, filter, and what else the file of the scan says. */
export function AskedDialog({ scan, scanner, onClose }: AskedDialogProps) {
  const { question, answer, template, parameters, file, filter } = askedOfScanner(scan, scanner);
  const tokens = Object.values(scan.summary).reduce((sum, each) => sum + each.tokens, 0);
  const fact = (name: string, said: ReactNode) => (
    <>
      <dt>{name}</dt>
      <dd>{said}</dd>
    </>
  );
  return (
    <Dialog title={`What ${scanner ?? scan.name} was asked`} wide onClose={onClose}>
      <dl className={styles.facts}>
        {fact("Question", question === null ? "none: the scanner is code" : <InertText text={question} />)}
        {fact("Answer", <JsonTree value={answer as Json} />)}
        {fact("Template", <code>{template ?? "none"}</code>)}
        {fact("Arguments", <JsonTree value={parameters as Json} />)}
        {fact("File", <code>{file ?? "unknown"}</code>)}
        {fact("Model", scan.model ?? "none")}
        {fact("Filter", <code>{filter || "none"}</code>)}
        {fact("Begun", formatTime(scan.timestamp))}
        {fact("Tokens", formatCount(tokens))}
        {fact("Location", <code>{scan.location}</code>)}
      </dl>
      <h3>The rest of its settings</h3>
      <JsonTree value={settingsOf(scan) as Json} depth={1} />
    </Dialog>
  );
}
