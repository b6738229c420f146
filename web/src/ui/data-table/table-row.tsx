import { type MouseEvent, memo, type ReactNode } from "react";
import { InertText } from "../content/inert-text.tsx";
import type { ShownColumn } from "./columns.ts";
import styles from "./data-table.module.css";

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
export const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>) {
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
