import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useId, useMemo, useRef } from "react";
import { type Column, gridTemplate, shownColumns } from "./columns.ts";
import styles from "./data-table.module.css";
import type { Rows } from "./rows.ts";
import { keepOffset, keptOffset } from "./scroll-memory.ts";
import { TableHead } from "./table-head.tsx";
import { TableRow } from "./table-row.tsx";
import { useRowHeight } from "./use-row-height.ts";
import { type Choice, useTableRows } from "./use-table-rows.ts";

export interface DataTableProps<Row> extends Choice<Row> {
  /** What the rows are: "Scans". Keys stand in the help overlay under this name. */
  label: string;
  columns: readonly Column<Row>[];
  rows: Rows<Row>;
  /** What tells a row from others. */
  rowKey: (row: Row) => string;
  /** Which columns are shown, as the address has it (`columns.ts`); undefined: those that are shown by themselves. */
  shown?: readonly string[] | undefined;
  onShown?: (shown: string[] | undefined) => void;
  /** What is sorted by, as the server takes it: `-name` from the largest down. */
  order?: readonly string[] | undefined;
  onOrder?: (order: string[]) => void;
  /** Rows are as high as what is in them; else all are one line high. */
  measured?: boolean;
  /** What stands below a row, over its whole width (with `measured`). */
  detail?: (row: Row) => ReactNode;
  /** How a row looks besides: an error, say. */
  tone?: (row: Row) => "error" | undefined;
  /** Where the keys of the page do not go to this table. */
  withoutKeys?: boolean;
}

const HEAD_HEIGHT = 32;
const OVERSCAN = 12;

/** A table of any number of rows, of which those that are seen are rendered. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, measured = false, detail, tone } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => shownColumns(columns, props.shown), [columns, props.shown]);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollPaddingStart: HEAD_HEIGHT,
    initialOffset: () => keptOffset(label),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was estimated depends on it.
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { need } = rows;
  useEffect(() => need?.(first, last), [need, first, last]);
  useEffect(() => {
    if (rows.count > 0) keepOffset(label, virtual.scrollOffset ?? 0);
  });
  const { active, selection, press, choose } = useTableRows(props, (index) =>
    virtual.scrollToIndex(index, { align: "auto" }),
  );
  useArrival(rows.count > 0, () => {
    if (props.activeKey !== undefined && active > 0) virtual.scrollToIndex(active, { align: "auto" });
  });
  return (
    <div ref={scroller} className={styles.scroller}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrows walk through it, as in a grid.
        role="grid"
        aria-label={label}
        aria-rowcount={rows.count + 1}
        aria-multiselectable={selection !== undefined || undefined}
        aria-activedescendant={rows.count === 0 ? undefined : `${id}-${active}`}
        tabIndex={0}
        className={styles.table}
        style={{ "--columns": gridTemplate(shown, selection !== undefined) } as React.CSSProperties}
      >
        <TableHead {...props} shown={shown} isChoosing={selection !== undefined} />
        <tbody style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows.at(index);
            const key = row === undefined ? undefined : rowKey(row);
            return (
              <TableRow
                key={index}
                id={`${id}-${index}`}
                index={index}
                start={start}
                row={row}
                shown={shown}
                isActive={index === active}
                isSelected={selection === undefined || key === undefined ? undefined : selection.has(key)}
                press={press}
                choose={choose}
                measure={measured ? virtual.measureElement : undefined}
                detail={detail}
                tone={tone}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Do something once, when there is something to do it with. */
function useArrival(isHere: boolean, arrive: () => void): void {
  const hasArrived = useRef(false);
  useEffect(() => {
    if (!isHere || hasArrived.current) return;
    hasArrived.current = true;
    arrive();
  });
}
