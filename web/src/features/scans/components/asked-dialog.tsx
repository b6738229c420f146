import type { ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCount, formatTime } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { askedOfScanner, settingsOf } from "../model/asked-of.ts";
import styles from "./asked-dialog.module.css";

interface AskedDialogProps {
  scan: ScanDetail;
  scanner: string | undefined;
  onClose: () => void;
}

/** All that was asked: question, template, arguments, filter, and what else the file of the scan says. */
export function AskedDialog({ scan, scanner, onClose }: AskedDialogProps) {
  const { question, answer, template, parameters, file, filter } = askedOfScanner(scan, scanner);
  return (
    <Dialog title={`What ${scanner ?? scan.name} was asked`} wide onClose={onClose}>
      <dl className={styles.facts}>
        <dt>Question</dt>
        <dd>{question === null ? "none: the scanner is code" : <InertText text={question} />}</dd>
        <dt>Answer</dt>
        <dd>
          <JsonTree value={answer as Json} />
        </dd>
        <dt>Template</dt>
        <dd>
          <code>{template ?? "none"}</code>
        </dd>
        <dt>Arguments</dt>
        <dd>
          <JsonTree value={parameters as Json} />
        </dd>
        <dt>File</dt>
        <dd>
          <code>{file ?? "unknown"}</code>
        </dd>
        <dt>Model</dt>
        <dd>{scan.model ?? "none"}</dd>
        <dt>Filter</dt>
        <dd>
          <code>{filter || "none"}</code>
        </dd>
        <dt>Begun</dt>
        <dd>{formatTime(scan.timestamp)}</dd>
        <dt>Tokens</dt>
        <dd>{formatCount(Object.values(scan.summary).reduce((sum, { tokens }) => sum + tokens, 0))}</dd>
        <dt>Location</dt>
        <dd>
          <code>{scan.location}</code>
        </dd>
      </dl>
      <h3>The rest of its settings</h3>
      <JsonTree value={settingsOf(scan) as Json} depth={1} />
    </Dialog>
  );
}
