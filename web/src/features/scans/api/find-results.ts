import { readStream } from "../../../api/client.ts";
import type { FindProgressItem, HitItem } from "../../../api/generated/types.gen.ts";
import { named, type ResultsAsked, type ResultsOf } from "../model/scan-search.ts";

export interface Sought {
  text: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

type Found = { name: "hit"; data: HitItem } | { name: "progress" | "done"; data: FindProgressItem };

/** Look for a text in all results of a condition and an order, wherever they are. */
export function findResults(of: ResultsOf, asked: ResultsAsked, sought: Sought, signal: AbortSignal) {
  const { path, query } = named(of);
  const { text, ...how } = sought;
  return readStream<HitItem | FindProgressItem>("/scans/{scan_id}/{scanner}/find", {
    path,
    query: {
      ...query,
      q: text,
      ...how,
      ...(asked.where !== undefined && { where: asked.where }),
      ...(asked.order_by !== undefined && { order_by: asked.order_by }),
    },
    signal,
  }) as AsyncGenerator<Found>;
}
