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
  const asked = askedOfScanner(scan, scanner);
  return (
    <Dialog title={`What ${scanner ?? scan.name} was asked`} wide onClose={onClose}>
      <dl className={styles.facts}>
        <Fact name="Question">
          {asked.question === null ? "none: the scanner is code" : <InertText text={asked.question} />}
        </Fact>
        <Fact name="Answer">
          <JsonTree value={asked.answer as Json} />
        </Fact>
        <Fact name="Template">
          <code>{asked.template ?? "none"}</code>
        </Fact>
        <Fact name="Arguments">
          <JsonTree value={asked.parameters as Json} />
        </Fact>
        <Fact name="File">
          <code>{asked.file ?? "unknown"}</code>
        </Fact>
        <Fact name="Model">{scan.model ?? "none"}</Fact>
        <Fact name="Filter">
          <code>{asked.filter.length === 0 ? "none" : asked.filter.join(" AND ")}</code>
        </Fact>
        <Fact name="Begun">{formatTime(scan.timestamp)}</Fact>
        <Fact name="Tokens">
          {formatCount(Object.values(scan.summary).reduce((sum, { tokens }) => sum + tokens, 0))}
        </Fact>
        <Fact name="Location">
          <code>{scan.location}</code>
        </Fact>
      </dl>
      <h3>The rest of its settings</h3>
      <JsonTree value={settingsOf(scan) as Json} depth={1} />
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
