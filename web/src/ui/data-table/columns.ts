/** Which columns a table shows, in which order and how wide: kept in the address as `columns=task&columns=model~240`. */

import type { ReactNode } from "react";

export interface Column<Row> {
  /** As the address and the order name it. */
  id: string;
  name: string;
  /** In pixels, unless the reader has chosen another one. */
  width: number;
  cell: (row: Row) => ReactNode;
  /** Takes the space that is left. */
  grows?: boolean;
  /** Numbers stand at the end. */
  align?: "end";
  sortable?: boolean;
  /** Shown only when it is chosen. */
  isExtra?: boolean;
  /** What it means, for who points at its head. */
  help?: string;
}

export interface ShownColumn<Row> {
  column: Column<Row>;
  /** Chosen by the reader; undefined: as the column has it. */
  width: number | undefined;
}

const MIN_WIDTH = 40;
const MAX_WIDTH = 2000;

/** The columns that are shown: those that the address names and that there are, else those that are shown by themselves. */
export function shownColumns<Row>(
  columns: readonly Column<Row>[],
  asked: readonly string[] | undefined,
): readonly ShownColumn<Row>[] {
  const byId = new Map(columns.map((column) => [column.id, column]));
  const shown = (asked ?? []).flatMap((written) => {
    const { id, width } = readColumn(written);
    const column = byId.get(id);
    // Each is shown once, however often it is named.
    byId.delete(id);
    return column === undefined ? [] : [{ column, width }];
  });
  if (shown.length > 0) return shown;
  return columns.filter((column) => column.isExtra !== true).map((column) => ({ column, width: undefined }));
}

/** Write what is shown for the address; undefined if it is what is shown by itself. */
export function writeColumns<Row>(
  columns: readonly Column<Row>[],
  shown: readonly ShownColumn<Row>[],
): string[] | undefined {
  const write = ({ column, width }: ShownColumn<Row>) =>
    width === undefined ? column.id : `${column.id}~${Math.round(width)}`;
  const written = shown.map(write);
  const plain = shownColumns(columns, undefined).map(write);
  return written.length === 0 || written.join("\n") === plain.join("\n") ? undefined : written;
}

export function readColumn(written: string): { id: string; width: number | undefined } {
  const [, id, width] = /^(.+)~(\d+)$/.exec(written) ?? [];
  return id === undefined ? { id: written, width: undefined } : { id, width: clamped(Number(width)) };
}

export function resized<Row>(
  shown: readonly ShownColumn<Row>[],
  id: string,
  width: number | undefined,
): readonly ShownColumn<Row>[] {
  const chosen = width === undefined ? undefined : clamped(width);
  return shown.map((each) => (each.column.id === id ? { ...each, width: chosen } : each));
}

/** Put a column where another one is. */
export function moved<Row>(shown: readonly ShownColumn<Row>[], id: string, to: number): readonly ShownColumn<Row>[] {
  const found = shown.find((each) => each.column.id === id);
  if (found === undefined || to < 0 || to >= shown.length) return shown;
  return shown.filter((each) => each !== found).toSpliced(to, 0, found);
}

/** Show a column or hide it; the last one stays. */
export function toggled<Row>(
  columns: readonly Column<Row>[],
  shown: readonly ShownColumn<Row>[],
  id: string,
): readonly ShownColumn<Row>[] {
  if (shown.some((each) => each.column.id === id)) {
    return shown.length === 1 ? shown : shown.filter((each) => each.column.id !== id);
  }
  const column = columns.find((each) => each.id === id);
  return column === undefined ? shown : [...shown, { column, width: undefined }];
}

/** What a click on a head makes of the order: ascending, descending, none; `adds` keeps what was sorted by before. */
export function nextOrder(order: readonly string[], id: string, adds: boolean): string[] {
  const others = adds ? order.filter((each) => each !== id && each !== `-${id}`) : [];
  if (order.includes(id)) return [...others, `-${id}`];
  return order.includes(`-${id}`) ? others : [...others, id];
}

/** Columns of a CSS grid; where rows can be selected, a narrow one stands before them. */
export function gridTemplate<Row>(shown: readonly ShownColumn<Row>[], isChoosing: boolean): string {
  const isFilled = shown.some(({ column, width }) => column.grows === true && width === undefined);
  const tracks = shown.map(({ column, width }) => {
    if (width !== undefined) return `${width}px`;
    return column.grows === true ? `minmax(${column.width}px, 1fr)` : `${column.width}px`;
  });
  // Rows reach to the end even if no column does.
  return [...(isChoosing ? ["34px"] : []), ...tracks, ...(isFilled ? [] : ["minmax(0, 1fr)"])].join(" ");
}

function clamped(width: number): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width));
}
