import { type MouseEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "../keyboard.ts";
import { type Rows, type Selection, toggledKey, withRange } from "./rows.ts";

/** What is chosen in a table, and what follows from that. */
export interface Choice<Row> {
  /** What the rows are: "Scans". Keys stand in the help overlay under this name. */
  label: string;
  rows: Rows<Row>;
  /** What tells a row from others. */
  rowKey: (row: Row) => string;
  /** Key of the row that the keys stand at, if the place knows it (from the address); else the table does. */
  activeKey?: string | undefined;
  /** Place of that row, which may be far from what is here at first. */
  startAt?: number | undefined;
  onActive?: (row: Row, index: number) => void;
  /** Enter, and a second click. */
  onOpen?: (row: Row, index: number) => void;
  /** Keys of the rows that are selected; undefined: rows cannot be selected. */
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
}

const PAGE = 20;

/** Walk through the rows of a table, and choose among them. */
export function useTableRows<Row>(table: Choice<Row>, show: (index: number) => void) {
  const { rows, rowKey, activeKey, selection } = table;
  const [stood, setStood] = useState(table.startAt ?? 0);
  /** Where a range began. */
  const anchor = useRef(0);
  /** Where one went before its row was here: the place is told once it comes. */
  const awaited = useRef<number | null>(null);
  const active = useMemo(() => placeOf(rows, rowKey, activeKey, stood), [rows, rowKey, activeKey, stood]);

  const select = (from: number, to: number) => {
    if (selection !== undefined) table.onSelection?.(withRange(selection, (at) => keyOf(rows, rowKey, at), from, to));
  };
  const go = (to: number, extends_ = false) => {
    const index = Math.max(0, Math.min(rows.count - 1, to));
    if (selection !== undefined && extends_) select(anchor.current, index);
    else anchor.current = index;
    setStood(index);
    awaited.current = index;
    tell();
    return index;
  };
  const tell = () => {
    const row = awaited.current === null ? undefined : rows.at(awaited.current);
    if (row === undefined || awaited.current === null) return;
    table.onActive?.(row, awaited.current);
    awaited.current = null;
  };
  useEffect(tell);
  const toggle = (index: number) => {
    const key = keyOf(rows, rowKey, index);
    if (selection !== undefined && key !== undefined) table.onSelection?.(toggledKey(selection, key));
    anchor.current = index;
  };
  const open = (index: number) => {
    const row = rows.at(index);
    if (row !== undefined) table.onOpen?.(row, index);
  };
  const step = (to: number, extends_?: boolean) => show(go(to, extends_));
  const last = rows.count - 1;
  const keysOnly = true;
  const walking = [
    { keys: "ArrowDown", label: "Next row", keysOnly, run: () => step(active + 1) },
    { keys: "ArrowUp", label: "Row before", keysOnly, run: () => step(active - 1) },
    { keys: "PageDown", label: "Further down", keysOnly, run: () => step(active + PAGE) },
    { keys: "PageUp", label: "Further up", keysOnly, run: () => step(active - PAGE) },
    { keys: ["Home", "g g"], label: "First row", keysOnly, run: () => step(0) },
    { keys: ["End", "G"], label: "Last row", keysOnly, run: () => step(last) },
  ];
  const opening = [{ keys: "Enter", label: "Open", keysOnly, run: () => open(active) }];
  const selecting = [
    { keys: ["Space", "x"], label: "Select the row, or not", keysOnly, run: () => toggle(active) },
    { keys: "Shift+ArrowDown", label: "Select downwards", keysOnly, run: () => step(active + 1, true) },
    { keys: "Shift+ArrowUp", label: "Select upwards", keysOnly, run: () => step(active - 1, true) },
    { keys: "Mod+a", label: "Select all that are loaded", run: () => select(0, last) },
  ];
  const leaving = [{ keys: "Escape", label: "Select none", run: () => table.onSelection?.(new Set()) }];
  useKeys(table.label, [
    ...walking,
    ...(table.onOpen === undefined ? [] : opening),
    ...(selection === undefined ? [] : selecting),
    ...(selection === undefined || selection.size === 0 ? [] : leaving),
  ]);

  const clicked = (index: number, event: MouseEvent) => {
    // What is in a cell has clicks of its own.
    if ((event.target as Element).closest("a, button, input, label, select") !== null) return;
    if (event.type === "dblclick") open(index);
    else if (event.ctrlKey || event.metaKey) toggle(index);
    else go(index, event.shiftKey);
  };
  // One function for all rows and for good, so that a click does not render them all again.
  const current = useRef({ clicked, toggle });
  useLayoutEffect(() => {
    current.current = { clicked, toggle };
  });
  const press = useCallback((index: number, event: MouseEvent) => current.current.clicked(index, event), []);
  const choose = useCallback((index: number) => current.current.toggle(index), []);
  return { active, press, choose };
}

function keyOf<Row>(rows: Rows<Row>, rowKey: (row: Row) => string, index: number): string | undefined {
  const row = rows.at(index);
  return row === undefined ? undefined : rowKey(row);
}

/** Find the row that the keys stand at: the one that the place names if it is here, else where they stood. */
function placeOf<Row>(
  rows: Rows<Row>,
  rowKey: (row: Row) => string,
  activeKey: string | undefined,
  stood: number,
): number {
  const last = Math.max(0, Math.min(stood, rows.count - 1));
  const stands = keyOf(rows, rowKey, last);
  // A row that is not here yet is taken for the one that is meant.
  if (activeKey === undefined || stands === undefined || stands === activeKey) return last;
  for (let index = 0; index < rows.count; index += 1) {
    if (keyOf(rows, rowKey, index) === activeKey) return index;
  }
  return last;
}
