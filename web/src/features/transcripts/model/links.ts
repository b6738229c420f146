/** Addresses of other places: what a link from here takes along. */

import { serverOrder } from "./order.ts";

export interface Hit {
  message: number;
  q: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

/** The list that one comes from: `[` and `]` of the reading view walk through it. */
export interface ListAddress {
  location: string | undefined;
  where: readonly string[];
  order_by: readonly string[];
  verdicts: readonly string[];
}

export function transcriptHref(id: string, list: ListAddress, hit?: Hit): string {
  const params = listParams(list);
  for (const scan of list.verdicts) params.append("scan", scan);
  if (hit !== undefined) {
    params.append("message", String(hit.message));
    params.append("find", hit.q);
    for (const name of ["regex", "case", "word"] as const) if (hit[name]) params.append(name, "1");
  }
  return withParams(`/transcripts/${encodeURIComponent(id)}`, params);
}

/** Where some transcripts, or all of the list, are scanned. */
export function runHref(list: ListAddress, ids: readonly string[] | "all"): string {
  const where = ids === "all" ? list.where : [idsCondition(ids)];
  return withParams("/run", listParams({ ...list, where, order_by: [] }));
}

export function idsCondition(ids: readonly string[]): string {
  return `transcript_id IN (${ids.map((id) => `'${id.replaceAll("'", "''")}'`).join(", ")})`;
}

function listParams({ location, where, order_by }: ListAddress): URLSearchParams {
  const params = new URLSearchParams();
  if (location !== undefined) params.append("location", location);
  for (const sql of where) params.append("where", sql);
  for (const column of serverOrder(order_by)) params.append("order_by", column);
  return params;
}

function withParams(path: string, params: URLSearchParams): string {
  return params.size === 0 ? path : `${path}?${params}`;
}
