import { useQuery } from "@tanstack/react-query";
import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { ask } from "../../../api/ask.ts";
import type { EventItem, MessageItem } from "../../../api/generated/types.gen.ts";
import { contentBefore } from "../../../domain/known-files.ts";
import { isAbsorbed, resultsOf } from "../../../domain/turns.ts";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { compactionsBefore, type Lookup, type PageQuery, useMessagePage, useNumbered } from "../model/messages.ts";
import { type Reading, TranscriptContext, useReading, useTranscript } from "../model/reading.ts";
import { type SeekAttribute, useSeek } from "../model/seek.ts";
import { CompactionLine } from "./event-row.tsx";
import styles from "./reading-column.module.css";
import { TurnRow } from "./turn-row.tsx";

const NO_EVENTS: readonly EventItem[] = [];

/** All messages in one column; results of tools stand in the cards of their calls. */
export function ReadingColumn({ expected }: { expected: number }) {
  const { at, reading, map } = useTranscript();
  const asked = { types: ["compaction"], stop: 500, characters: 300, location: at.location };
  const compactions = useQuery({
    ...ask("/transcripts/{id}/events", { path: { id: at.id }, query: asked }),
    enabled: map?.marks.some((mark) => mark.kind === "compaction") === true,
  });
  const events = compactions.data?.items ?? NO_EVENTS;
  return (
    <RowColumn<MessageItem>
      label="Messages"
      attribute="data-message"
      reading={reading}
      expected={expected}
      query={useMessagePage()}
      shownIn={callerOf}
      row={(message, lookup) => (
        <>
          {compactionsBefore(events, message, lookup).map((event) => (
            <CompactionLine key={event.number} event={event} />
          ))}
          <TurnRow message={message} results={resultsOf(message, lookup)} before={contentBefore(message, lookup)} />
        </>
      )}
      empty={<EmptyState title="This transcript has no messages.">Its events may say why.</EmptyState>}
    />
  );
}

function callerOf(message: MessageItem): number | null {
  return isAbsorbed(message) ? (message.caller ?? null) : null;
}

/** One message alone, with the results of its calls. */
export function FocusView({ total }: { total: number }) {
  const view = useTranscript();
  const { reading } = view;
  const current = useReading(reading, (state) => state.current);
  useEffect(() => reading.sees(current, current), [reading, current]);
  const { lookup, error, isLoaded, retry } = useNumbered<MessageItem>(useMessagePage(), current, current, total);
  const message = lookup(current);
  if (error !== null) return <ErrorState error={error} onRetry={retry} />;
  if (message === undefined) {
    return isLoaded ? <EmptyState title={`There is no message ${current}.`} /> : <Skeleton />;
  }
  const shown = message.caller == null ? message : (lookup(message.caller) ?? message);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
    <div className={styles.scroller} tabIndex={0}>
      <div className={styles.all}>
        <TranscriptContext value={{ ...view, isOpen: true }}>
          <TurnRow message={shown} results={resultsOf(shown, lookup)} before={contentBefore(shown, lookup)} />
        </TranscriptContext>
      </div>
    </div>
  );
}

interface ColumnProps<Item> {
  label: string;
  attribute: SeekAttribute;
  reading: Reading;
  /** How many there are, as far as that is known before any is loaded. */
  expected: number;
  query: PageQuery<Item>;
  /** The number of the item in whose row this one is shown, if it has none of its own. */
  shownIn: (item: Item, lookup: Lookup<Item>) => number | null;
  row: (item: Item, lookup: Lookup<Item>) => ReactNode;
  /** What stands there where there is nothing. */
  empty: ReactNode;
}

/** About the height of a row; half of all items have none of their own. */
const ESTIMATE = 110;
const OVERSCAN = 6;

/** Numbered items in one column, of which those are loaded and rendered that are seen. */
export function RowColumn<Item>(props: ColumnProps<Item>) {
  const { label, attribute, reading, expected, query, shownIn, row, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useRef<{ lookup: Lookup<Item>; total: number }>({ lookup: () => undefined, total: expected });
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
  const [first, last] = [(items[0]?.index ?? 0) + 1, (items.at(-1)?.index ?? 0) + 1];
  const { lookup, total, error, isLoaded, retry } = useNumbered(query, first, last, latest.current.total);
  latest.current = { lookup, total: total ?? Math.max(expected, latest.current.total) };
  useSeek(scroller, rows, reading, attribute);
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
      {error !== null && <ErrorState error={error} title={`${label} could not be read.`} onRetry={retry} />}
      {latest.current.total === 0 && error === null && (isLoaded ? empty : <Skeleton label={`Reading ${label}`} />)}
      <div className={styles.all} style={{ height: rows.getTotalSize() }}>
        <div className={styles.shown} style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map(({ key, index, size }) => {
            const item = lookup(index + 1);
            if (item === undefined) {
              return <div key={key} className={styles.waiting} style={{ height: size }} aria-busy="true" />;
            }
            return (
              <div key={key} data-index={index} ref={rows.measureElement}>
                {shownIn(item, lookup) === null && row(item, lookup)}
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
