import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { isAbsorbed } from "../../../domain/turns.ts";
import { EmptyState, ErrorState } from "../../../ui/states.tsx";
import { useTranscript } from "../model/transcript-context.ts";
import { type LoadedMessages, useMessages } from "../model/use-messages.ts";
import { useSeek } from "../model/use-seek.ts";
import styles from "./reading-column.module.css";
import { TurnRow } from "./turn-row.tsx";

/** About the height of a message; half of them stand in the card of the call that they answer. */
const ESTIMATE = 110;
const OVERSCAN = 6;

/** All messages in one column, of which those are rendered that are seen. */
export function ReadingColumn({ expected }: { expected: number | null }) {
  const { at, reading } = useTranscript();
  const scroller = useRef<HTMLDivElement>(null);
  const lookup = useRef<LoadedMessages["lookup"]>(() => undefined);
  const known = useRef(expected ?? 1);
  const rows = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: known.current,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    overscan: OVERSCAN,
    rangeExtractor: useCallback((range: Range) => withCaller(range, lookup.current), []),
    paddingStart: 8,
    paddingEnd: 120,
  });
  rows.shouldAdjustScrollPositionOnItemSizeChange = (item, _, { scrollOffset }) =>
    item.end <= (scrollOffset ?? 0);
  const items = rows.getVirtualItems();
  const first = (items[0]?.index ?? 0) + 1;
  const last = (items.at(-1)?.index ?? 0) + 1;
  const loaded = useMessages(at, first, last, known.current);
  lookup.current = loaded.lookup;
  known.current = loaded.total ?? expected ?? known.current;
  useSeek(scroller, rows, reading);
  const top = rows.scrollOffset ?? 0;
  useEffect(() => {
    const seen = rows.getVirtualItemForOffset(top + 24);
    const end = rows.getVirtualItemForOffset(top + (scroller.current?.clientHeight ?? 0));
    if (seen === undefined || end === undefined) return;
    const message = lookup.current(seen.index + 1);
    reading.sees(message?.caller ?? seen.index + 1, end.index + 1);
  }, [top, rows, reading]);
  const release = () => reading.release();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears that the reader scrolls.
    <div
      ref={scroller}
      className={styles.scroller}
      onWheel={release}
      onPointerDown={release}
      onTouchMove={release}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
      tabIndex={0}
      onKeyDown={(event) => {
        if (/^(?:Page|Arrow|Home|End| )/.test(event.key)) reading.release();
      }}
    >
      <Trouble loaded={loaded} expected={known.current} />
      <div className={styles.all} style={{ height: rows.getTotalSize() }}>
        <div className={styles.shown} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => {
            const message = loaded.lookup(item.index + 1);
            return message === undefined ? (
              <div key={item.key} className={styles.waiting} style={{ height: item.size }} aria-busy="true" />
            ) : (
              <div key={item.key} data-index={item.index} ref={rows.measureElement}>
                <Row message={message} lookup={loaded.lookup} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Row({ message, lookup }: { message: MessageItem; lookup: LoadedMessages["lookup"] }) {
  if (isAbsorbed(message)) return null;
  const results = (message.calls ?? []).map((call) =>
    call.result == null ? undefined : lookup(call.result),
  );
  return <TurnRow message={message} results={results} />;
}

function Trouble({ loaded, expected }: { loaded: LoadedMessages; expected: number }) {
  if (loaded.error !== null) {
    return <ErrorState error={loaded.error} title="The messages could not be read." onRetry={loaded.retry} />;
  }
  if (loaded.isLoaded && expected === 0) {
    return <EmptyState title="This transcript has no messages.">Its events may say why.</EmptyState>;
  }
  return null;
}

/** A result is shown with its call: where the first that is seen is one, its call must be rendered. */
function withCaller(range: Range, lookup: LoadedMessages["lookup"]): number[] {
  const indexes = defaultRangeExtractor(range);
  const caller = lookup((indexes[0] ?? 0) + 1)?.caller;
  if (caller == null) return indexes;
  const before = Array.from({ length: (indexes[0] ?? 0) - caller + 1 }, (_, at) => caller - 1 + at);
  return [...before, ...indexes];
}
