import { useQuery } from "@tanstack/react-query";
import { formatCounted } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { agreementQuery } from "../api/agreement.ts";
import { route, useChangeAddress } from "../model/address.ts";
import type { Entry } from "../model/queue.ts";
import { AgreementFigures } from "./agreement-figures.tsx";
import { IntervalProgress } from "./interval-progress.tsx";
import type { QueueProps } from "./queue.tsx";
import styles from "./queue-done.module.css";
import { RatersPanel } from "./raters-panel.tsx";

interface QueueDoneProps extends QueueProps {
  entries: readonly Entry[];
  undo: (() => void) | undefined;
  review: () => void;
}

/** All of the queue are labelled: now the agreement may be seen. */
export function QueueDone({ entries, main, target, scan, undo, review }: QueueDoneProps) {
  const { rater } = route.useSearch();
  const change = useChangeAddress();
  const open = () => change({ tab: "agreement", other: rater === undefined ? undefined : target.file }, true);
  const more = () => change({ source: undefined }, true);
  useKeys("Queue", [
    { keys: "a", label: "Agreement", run: open },
    { keys: "m", label: "Label more", run: more },
  ]);
  return (
    <section className={styles.done} aria-label="The queue is done">
      <h2>{formatCounted(entries.length, "case")} labelled</h2>
      {scan !== null && <OfScanner file={target.file} scan={scan} />}
      {scan !== null && <IntervalProgress file={target.file} scan={scan} labelled={entries.length} />}
      {rater !== undefined && <RatersPanel file={main} other={target.file} names={["the first", rater]} />}
      <div className={styles.actions}>
        <button type="button" data-kind="primary" onClick={open}>
          Agreement <kbd>a</kbd>
        </button>
        <button type="button" onClick={more}>
          Label more <kbd>m</kbd>
        </button>
        <button type="button" onClick={review}>
          Read them again
        </button>
        {undo !== undefined && (
          <button type="button" onClick={undo}>
            Undo the last <kbd>u</kbd>
          </button>
        )}
      </div>
    </section>
  );
}

function OfScanner({ file, scan }: { file: string; scan: { scan: string; scanner: string } }) {
  const agreement = useQuery(agreementQuery(file, scan.scan, scan.scanner));
  if (agreement.error !== null) {
    return <ErrorState error={agreement.error} title="The labels could not be compared." onRetry={agreement.refetch} />;
  }
  const row = agreement.data?.rows[0];
  if (row === undefined) return <Skeleton lines={4} label="Comparing the labels" />;
  return <AgreementFigures title={`${scan.scanner} agrees with you`} row={row} />;
}
