import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { Icon } from "../icon.tsx";
import { type Column, moved, nextOrder, resized, type ShownColumn, writeColumns } from "./columns.ts";
import styles from "./data-table.module.css";

interface TableHeadProps<Row> {
  columns: readonly Column<Row>[];
  shown: readonly ShownColumn<Row>[];
  onShown?: ((shown: string[] | undefined) => void) | undefined;
  order?: readonly string[] | undefined;
  onOrder?: ((order: string[]) => void) | undefined;
  isChoosing: boolean;
}

/** The head of a table: a click sorts, the edge between two heads resizes, dragging moves a column. */
export function TableHead<Row>({ columns, shown, onShown, order = [], onOrder, isChoosing }: TableHeadProps<Row>) {
  const change = (next: readonly ShownColumn<Row>[]) => onShown?.(writeColumns(columns, next));
  return (
    <thead>
      <tr aria-rowindex={1} className={styles.head}>
        {isChoosing && (
          <th scope="col" className={styles.choice}>
            <span className="unseen">Selected</span>
          </th>
        )}
        {shown.map(({ column, width }, at) => (
          <th
            key={column.id}
            scope="col"
            data-align={column.align}
            title={column.help}
            aria-sort={sortOf(order, column.id)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              change(moved(shown, event.dataTransfer.getData("text/x-column"), at));
            }}
          >
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu of columns moves them by keys. */}
            <span
              draggable={onShown !== undefined}
              onDragStart={(event) => event.dataTransfer.setData("text/x-column", column.id)}
            >
              {column.sortable === true && onOrder !== undefined ? (
                <SortButton column={column} order={order} onOrder={onOrder} />
              ) : (
                column.name
              )}
            </span>
            {onShown !== undefined && (
              <ResizeHandle
                name={column.name}
                width={width ?? column.width}
                onResize={(to) => change(resized(shown, column.id, to))}
              />
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function sortOf(order: readonly string[], id: string): "ascending" | "descending" | undefined {
  if (order.includes(id)) return "ascending";
  return order.includes(`-${id}`) ? "descending" : undefined;
}

interface SortButtonProps<Row> {
  column: Column<Row>;
  order: readonly string[];
  onOrder: (order: string[]) => void;
}

function SortButton<Row>({ column, order, onOrder }: SortButtonProps<Row>) {
  return (
    <button
      type="button"
      data-kind="plain"
      title={column.help ?? "Sort; with Shift, also by this"}
      onClick={(event) => onOrder(nextOrder(order, column.id, event.shiftKey))}
    >
      {column.name}
      <SortMark order={order} id={column.id} />
    </button>
  );
}

function SortMark({ order, id }: { order: readonly string[]; id: string }) {
  const sort = sortOf(order, id);
  if (sort === undefined) return null;
  const place = order.findIndex((each) => each === id || each === `-${id}`) + 1;
  return (
    <>
      <Icon name={sort === "ascending" ? "up" : "down"} size={12} />
      {order.length > 1 && <small>{place}</small>}
    </>
  );
}

interface ResizeHandleProps {
  name: string;
  width: number;
  /** Undefined: as wide as it is by itself. */
  onResize: (width: number | undefined) => void;
}

const STEP = 16;

/** The edge of a column: dragged, moved by the arrows, put back by a double click. */
function ResizeHandle({ name, width, onResize }: ResizeHandleProps) {
  const [from, setFrom] = useState<{ x: number; width: number } | null>(null);
  const grab = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const cell = event.currentTarget.parentElement;
    setFrom({ x: event.clientX, width: cell?.getBoundingClientRect().width ?? width });
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onResize(width + by);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule of the text has no value.
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${name}`}
      aria-valuenow={width}
      tabIndex={0}
      className={styles.resize}
      onPointerDown={grab}
      onPointerMove={(event) => from !== null && onResize(from.width + event.clientX - from.x)}
      onPointerUp={() => setFrom(null)}
      onPointerCancel={() => setFrom(null)}
      onDoubleClick={() => onResize(undefined)}
      onKeyDown={step}
    />
  );
}
