/** The list as the address has it, and its rows. The route asks for the first page while the place itself is loaded. */

import { queryOptions } from "@tanstack/react-query";
import { keyOf } from "../../../api/ask.ts";
import { type Asked, read } from "../../../api/client.ts";
import type { Routes } from "../../../api/generated/routes.gen.ts";
import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import { readColumn } from "../../../ui/data-table/columns.ts";
import type { DataTableProps } from "../../../ui/data-table/data-table.tsx";

/** The list that one comes from: `[` and `]` of the reading view walk through it. */
export interface ListAddress {
  location?: string | undefined;
  where: readonly string[];
  order_by: readonly string[];
  verdicts: readonly string[];
}

export interface ListedRow extends TranscriptRow {
  /** The transcripts of the same page: what is asked about one is asked about all of these at once. */
  page: readonly string[];
}

/** What the tables of the list and of what was found have in common. */
export type SharedTable = Omit<DataTableProps<ListedRow>, "label" | "rows">;

export const PAGE = 100;
const NONE: readonly string[] = [];

/** What an address says of the list. */
type Said = { [Name in keyof ListAddress]?: ListAddress[Name] | undefined };

export function listOf({ location, where = NONE, order_by = NONE, verdicts = NONE }: Said): ListAddress {
  return { location, where, order_by, verdicts };
}

/** The task stands for itself, its samples, and their runs. */
export const TASK_COLUMNS = ["task_set", "task_id", "task_repeat"] as const;

/** The order as the server takes it. */
export function serverOrder(order: readonly string[]): string[] {
  return order.flatMap((each) => {
    if (each === "task") return [...TASK_COLUMNS];
    return each === "-task" ? TASK_COLUMNS.map((column) => `-${column}`) : [each];
  });
}

/** Columns that are shown by themselves. */
export const FIRST = ["model", "score", "message_count", "total_time", "total_tokens", "date"];
/** Columns that are not columns of the server. */
export const OWN = ["task", "verdicts"];
/** Read for each row, whatever is shown: what it is called, and whether it went wrong. */
const ALWAYS_READ = [...TASK_COLUMNS, "error", "limit", "success"];

/** What is read of each row, so that the columns can be shown that the address names. */
export function readsOf(columns: readonly string[] = NONE): string[] {
  const ids = columns.map((written) => readColumn(written).id);
  const named = ids.filter((id) => !OWN.includes(id));
  return [...new Set([...ALWAYS_READ, ...(named.length > 0 || ids.includes("task") ? named : FIRST)])].sort();
}

export function pageQuery(list: ListAddress, columns: readonly string[] | undefined, start = 0) {
  const { location, where, order_by } = list;
  return rowsQuery({ location, where, order_by: serverOrder(order_by), columns: readsOf(columns), start, limit: PAGE });
}

type Query = NonNullable<Asked<Routes["GET"]["/transcripts"]>["query"]>;

/** Rows with their page; in the order of `ids`, where these were asked for. */
export function rowsQuery(query: Query, ids?: readonly string[]) {
  return queryOptions({
    queryKey: keyOf("/transcripts", { query }, "rows"),
    queryFn: async ({ signal }) => {
      const { items, ...told } = await read("/transcripts", { query, signal });
      const page = ids ?? items.map((row) => row.transcript_id);
      const known = new Map(items.map((row) => [row.transcript_id, row]));
      return { ...told, items: page.map((id): ListedRow => ({ ...(known.get(id) ?? unread(id)), page })) };
    },
    // Behind the last id there is nothing to ask.
    enabled: ids?.length !== 0,
  });
}

/** A transcript of which nothing is known yet. */
export function unread(id: string): ListedRow {
  return { transcript_id: id, values: {}, page: NONE };
}
