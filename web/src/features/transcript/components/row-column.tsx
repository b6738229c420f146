import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { ErrorState } from "../../../ui/states.tsx";
import type { TranscriptAddress } from "../model/address.ts";
import type { Reading } from "../model/reading.ts";
import { useTranscript } from "../model/transcript-context.ts";
import { type SeekAttribute, useSeek } from "../model/use-seek.ts";
import styles from "./row-column.module.css";

export interface LoadedItems<Item> {
  lookup: (number: number) => Item | undefined;
  /** How many there are; null while that is not known. */
  total: number | null;
  error: Error | null;
  isLoaded: boolean;
  retry: () => void;
}

interface ColumnProps<Item> {
  label: string;
  attribute: SeekAttribute;
  reading: Reading;
  /** How many there are, as far as that is known before any is loaded. */
  expected: number;
  /** Loads what stands between two numbers; a hook. */
  useItems: (at: TranscriptAddress, first: number, last: number, total: number) => LoadedItems<Item>;
  /** The number of the item in whose row this one is shown, if it has none of its own. */
  shownIn: (item: Item, lookup: LoadedItems<Item>["lookup"]) => number | null;
  row: (item: Item, lookup: LoadedItems<Item>["lookup"]) => ReactNode;
  /** What stands there where there is nothing. */
  empty: ReactNode;
}

/** About the height of a row; half of all items have none of their own. */
const ESTIMATE = 110;
const OVERSCAN = 6;

/** Numbered items in one column, of which those are loaded and rendered that are seen. */
export function RowColumn<Item>(props: ColumnProps<Item>) {
  const { label, reading, expected, useItems, shownIn, row, empty } = props;
  const { at } = useTranscript();
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useRef<{ lookup: LoadedItems<Item>["lookup"]; total: number }>({
    lookup: () => undefined,
    total: expected,
  });
  const rowOf = useCallback(
    (number: number) => {
      const item = latest.current.lookup(number);
      return (item === undefined ? null : shownIn(item, latest.current.lookup)) ?? number;
    },
    [shownIn],
  );
  const rows = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: Math.max(expected, latest.current.total),
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATE,
    overscan: OVERSCAN,
    // What is shown in the row of another one needs that row, also where it is far above.
    rangeExtractor: (range) => from(rowOf(range.startIndex + 1) - 1, range),
    paddingStart: 8,
    paddingEnd: 160,
  });
  rows.shouldAdjustScrollPositionOnItemSizeChange = (item, _, { scrollOffset }) => item.end <= (scrollOffset ?? 0);
  const items = rows.getVirtualItems();
  const loaded = useItems(at, (items[0]?.index ?? 0) + 1, (items.at(-1)?.index ?? 0) + 1, latest.current.total);
  latest.current = { lookup: loaded.lookup, total: loaded.total ?? Math.max(expected, latest.current.total) };
  useSeek(scroller, rows, reading, props.attribute);
  const top = rows.scrollOffset ?? 0;
  useEffect(() => {
    const seen = rows.getVirtualItemForOffset(top + 24);
    const end = rows.getVirtualItemForOffset(top + (scroller.current?.clientHeight ?? 0));
    if (seen !== undefined && end !== undefined) reading.sees(rowOf(seen.index + 1), end.index + 1);
  }, [top, rows, reading, rowOf]);
  const release = () => reading.release();
  return (
    <section
      ref={scroller}
      className={styles.scroller}
      aria-label={label}
      onWheel={release}
      onPointerDown={release}
      onTouchMove={release}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
      tabIndex={0}
      onKeyDown={(event) => {
        if (/^(?:Page|Arrow|Home|End| )/.test(event.key)) release();
      }}
    >
      {loaded.error !== null && (
        <ErrorState error={loaded.error} title={`${label} could not be read.`} onRetry={loaded.retry} />
      )}
      {loaded.isLoaded && latest.current.total === 0 && empty}
      <div className={styles.all} style={{ height: rows.getTotalSize() }}>
        <div className={styles.shown} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((each) => {
            const item = loaded.lookup(each.index + 1);
            if (item === undefined) {
              return <div key={each.key} className={styles.waiting} style={{ height: each.size }} aria-busy="true" />;
            }
            return (
              <div key={each.key} data-index={each.index} ref={rows.measureElement}>
                {shownIn(item, loaded.lookup) === null && row(item, loaded.lookup)}
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function from(first: number, range: Range): number[] {
  const indexes = defaultRangeExtractor(range);
  const start = indexes[0] ?? 0;
  return first < start ? [...Array.from({ length: start - first }, (_, at) => first + at), ...indexes] : indexes;
}
