import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, memo, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { InertText } from "../content/inert-text.tsx";
import { type Column, gridTemplate, type ShownColumn, shownColumns } from "./columns.ts";
import styles from "./data-table.module.css";
import { TableHead } from "./table-head.tsx";
import { type Choice, useTableRows } from "./use-table-rows.ts";

export interface DataTableProps<Row> extends Choice<Row> {
  columns: readonly Column<Row>[];
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
}

const HEAD_HEIGHT = 32;
const ROW_HEIGHT = 32;
const OVERSCAN = 12;

/** How far lists were scrolled, by their name and the address: who comes back finds them as they were. */
const offsets = new Map<string, number>();

/** A table of any number of rows, of which those that are seen are rendered. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, selection, measured = false, detail, tone } = props;
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
    initialOffset: () => offsets.get(`${label} ${location.hash}`) ?? 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was estimated depends on it.
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? 0];
  const { need } = rows;
  useEffect(() => need?.(first, last), [need, first, last]);
  const show = (index: number) => virtual.scrollToIndex(index, { align: "auto" });
  const { active, press, choose } = useTableRows(props, show);
  const hasArrived = useRef(false);
  useEffect(() => {
    if (rows.count === 0) return;
    offsets.set(`${label} ${location.hash}`, virtual.scrollOffset ?? 0);
    if (!hasArrived.current && props.activeKey !== undefined && active > 0) show(active);
    hasArrived.current = true;
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
            return (
              <TableRow
                key={index}
                id={`${id}-${index}`}
                index={index}
                start={start}
                row={row}
                shown={shown}
                isActive={index === active}
                isSelected={selection && row !== undefined && selection.has(rowKey(row))}
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

interface TableRowProps<Row> {
  id: string;
  index: number;
  /** Pixels from the top. */
  start: number;
  /** Undefined: not here yet. */
  row: Row | undefined;
  shown: readonly ShownColumn<Row>[];
  isActive: boolean;
  /** Undefined: rows cannot be selected. */
  isSelected: boolean | undefined;
  press: (index: number, event: MouseEvent) => void;
  /** Select the row, or not. */
  choose: (index: number) => void;
  measure: ((element: HTMLElement | null) => void) | undefined;
  detail: ((row: Row) => ReactNode) | undefined;
  tone: ((row: Row) => "error" | undefined) | undefined;
}

/** A row: rendered again only if something of it has changed, whatever is scrolled. */
const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>) {
  const { index, row, shown, isSelected, press } = props;
  const below = row === undefined ? undefined : props.detail?.(row);
  return (
    <tr
      ref={props.measure}
      id={props.id}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={isSelected ?? props.isActive}
      data-active={props.isActive || undefined}
      data-selected={isSelected === true || undefined}
      data-tone={row === undefined ? undefined : props.tone?.(row)}
      data-lines={props.measure === undefined ? "one" : "many"}
      className={styles.row}
      style={{ transform: `translateY(${props.start}px)` }}
      onClick={(event) => press(index, event)}
      onDoubleClick={(event) => press(index, event)}
    >
      {isSelected !== undefined && (
        <td className={styles.choice}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label="Select the row"
            checked={isSelected}
            disabled={row === undefined}
            onChange={() => props.choose(index)}
          />
        </td>
      )}
      {shown.map(({ column }) => (
        <td key={column.id} data-align={column.align}>
          {row === undefined ? <span className={styles.absent} /> : inertCell(column.cell(row))}
        </td>
      ))}
      {below !== undefined && below !== null && (
        <td className={styles.detail} colSpan={shown.length + (isSelected === undefined ? 0 : 1)}>
          {below}
        </td>
      )}
    </tr>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;

/** Names that strangers gave are text as well. */
function inertCell(cell: ReactNode): ReactNode {
  return typeof cell === "string" ? <InertText text={cell} /> : cell;
}

/** The height of a row of one line, as the density of the page has it. */
function useRowHeight(): number {
  const [height, setHeight] = useState(rowHeight);
  useEffect(() => {
    const watching = new MutationObserver(() => setHeight(rowHeight()));
    watching.observe(document.documentElement, { attributeFilter: ["data-density"] });
    return () => watching.disconnect();
  }, []);
  return height;
}

function rowHeight(): number {
  const told = getComputedStyle(document.documentElement).getPropertyValue("--row");
  return Number.parseInt(told, 10) || ROW_HEIGHT;
}
