import { useEffect } from "react";
import { contentBefore } from "../../../domain/known-files.ts";
import { resultsOf } from "../../../domain/turns.ts";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { TranscriptContext, useReading, useTranscript } from "../model/transcript-context.ts";
import { useMessages } from "../model/use-messages.ts";
import styles from "./row-column.module.css";
import { TurnRow } from "./turn-row.tsx";

/** One message alone, with the results of its calls. */
export function FocusView({ total }: { total: number }) {
  const view = useTranscript();
  const { at, reading } = view;
  const current = useReading(reading, (state) => state.current);
  useEffect(() => reading.sees(current, current), [reading, current]);
  const loaded = useMessages(at, current, current, total);
  const message = loaded.lookup(current);
  if (loaded.error !== null) return <ErrorState error={loaded.error} onRetry={loaded.retry} />;
  if (message === undefined) {
    return loaded.isLoaded ? <EmptyState title={`There is no message ${current}.`} /> : <Skeleton />;
  }
  const shown = message.caller == null ? message : (loaded.lookup(message.caller) ?? message);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
    <div className={styles.scroller} tabIndex={0}>
      <div className={styles.all}>
        <TranscriptContext value={{ ...view, isOpen: true }}>
          <TurnRow
            message={shown}
            results={resultsOf(shown, loaded.lookup)}
            before={contentBefore(shown, loaded.lookup)}
          />
        </TranscriptContext>
      </div>
    </div>
  );
}
