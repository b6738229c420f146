import { useState } from "react";
import { Icon, IconButton } from "../drawings.tsx";
import { Check, SearchField } from "../fields.tsx";
import { Popover } from "../floating.tsx";
import { Edge } from "../layout.tsx";
import {
  type Column,
  moved,
  nextOrder,
  resized,
  type ShownColumn,
  shownColumns,
  toggled,
  writeColumns,
} from "./columns.ts";
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
              <Edge
                label={column.name}
                width={width ?? column.width}
                measured={(edge) => edge.parentElement?.getBoundingClientRect().width}
                className={styles.resize}
                onResize={(to) => change(resized(shown, column.id, to ?? undefined))}
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

function SortButton<Row>(props: { column: Column<Row>; order: readonly string[]; onOrder: (order: string[]) => void }) {
  const { column, order, onOrder } = props;
  const sort = sortOf(order, column.id);
  const place = order.findIndex((each) => each === column.id || each === `-${column.id}`) + 1;
  return (
    <button
      type="button"
      data-kind="plain"
      title={column.help ?? "Sort; with Shift, also by this"}
      onClick={(event) => onOrder(nextOrder(order, column.id, event.shiftKey))}
    >
      {column.name}
      {sort !== undefined && <Icon name={sort === "ascending" ? "up" : "down"} size={12} />}
      {sort !== undefined && order.length > 1 && <small>{place}</small>}
    </button>
  );
}

interface ColumnMenuProps<Row> {
  columns: readonly Column<Row>[];
  shown: readonly string[] | undefined;
  onShown: (shown: string[] | undefined) => void;
}

const MANY = 12;

/** Choose which columns are shown, and in which order. */
export function ColumnMenu<Row>({ columns, shown: asked, onShown }: ColumnMenuProps<Row>) {
  const [sought, setSought] = useState("");
  const shown = shownColumns(columns, asked);
  const change = (next: readonly ShownColumn<Row>[]) => onShown(writeColumns(columns, next));
  const order = new Map(shown.map((each, at) => [each.column.id, at]));
  const rank = (column: Column<Row>) => order.get(column.id) ?? shown.length;
  const listed = columns
    .filter((column) => column.name.toLowerCase().includes(sought.toLowerCase()))
    .toSorted((one, other) => rank(one) - rank(other));
  return (
    <Popover
      name="Columns"
      button={
        <>
          <Icon name="columns" /> Columns
        </>
      }
    >
      {() => (
        <div className={styles.menu}>
          {columns.length > MANY && <SearchField name="Find a column" value={sought} onChange={setSought} />}
          <ul>
            {listed.map(({ id, name }) => {
              const at = order.get(id);
              const toggle = () => change(toggled(columns, shown, id));
              const moveTo = (to: number) => change(moved(shown, id, to));
              return (
                <li key={id}>
                  <Check label={name} checked={at !== undefined} onChange={toggle} />
                  {at !== undefined && (
                    <span>
                      <IconButton name={`Move ${name} forward`} icon="up" size={12} onClick={() => moveTo(at - 1)} />
                      <IconButton name={`Move ${name} back`} icon="down" size={12} onClick={() => moveTo(at + 1)} />
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
          <button type="button" disabled={asked === undefined} onClick={() => onShown(undefined)}>
            As they were
          </button>
        </div>
      )}
    </Popover>
  );
}
