import { useState } from "react";
import { Check, SearchField } from "../field.tsx";
import { Icon } from "../icon.tsx";
import { Popover } from "../popover.tsx";
import styles from "./column-menu.module.css";
import { type Column, moved, type ShownColumn, shownColumns, toggled, writeColumns } from "./columns.ts";

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
            {listed.map((column) => {
              const at = order.get(column.id);
              return (
                <li key={column.id}>
                  <Check
                    label={column.name}
                    checked={at !== undefined}
                    onChange={() => change(toggled(columns, shown, column.id))}
                  />
                  {at !== undefined && (
                    <span>
                      <MoveButton name={column.name} by={-1} onMove={() => change(moved(shown, column.id, at - 1))} />
                      <MoveButton name={column.name} by={1} onMove={() => change(moved(shown, column.id, at + 1))} />
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

function MoveButton({ name, by, onMove }: { name: string; by: 1 | -1; onMove: () => void }) {
  const words = `Move ${name} ${by < 0 ? "forward" : "back"}`;
  return (
    <button type="button" data-kind="plain" aria-label={words} title={words} onClick={onMove}>
      <Icon name={by < 0 ? "up" : "down"} size={12} />
    </button>
  );
}
