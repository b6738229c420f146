import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import type { Rows } from "../../../ui/data-table/rows.ts";
import { pageQuery } from "../api/list-transcripts.ts";
import { idsCondition } from "./links.ts";

const CHUNK = 25;

/** Rows of transcripts that were found: what is known of those that are seen is asked for, the rest is there by its id. */
export function useRowsOfIds(
  ids: readonly string[],
  location: string | undefined,
  columns: readonly string[],
): { rows: Rows<TranscriptRow>; idsOf: (id: string) => readonly string[] } {
  const [[from, to], setSeen] = useState<readonly [number, number]>([0, 0]);
  const known = useRef(new Map<string, TranscriptRow>());
  const chunks = useMemo(
    () =>
      Array.from({ length: to - from + 1 }, (_, at) => ids.slice((from + at) * CHUNK, (from + at + 1) * CHUNK)).filter(
        (chunk) => chunk.length > 0,
      ),
    [ids, from, to],
  );
  const updated = useQueries({
    queries: chunks.map((chunk) =>
      pageQuery({ location, where: [idsCondition(chunk)], order_by: [], columns }, 0, CHUNK),
    ),
    combine: (results) => {
      for (const { data } of results) for (const row of data?.items ?? []) known.current.set(row.transcript_id, row);
      return results.map((each) => each.dataUpdatedAt).join(" ");
    },
  });
  const need = useCallback((first: number, last: number) => {
    const [low, high] = [Math.floor(first / CHUNK), Math.floor(last / CHUNK)];
    setSeen((was) => (was[0] === low && was[1] === high ? was : [low, high]));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `updated` tells that more is known.
  const rows = useMemo<Rows<TranscriptRow>>(
    () => ({
      count: ids.length,
      at: (index) => {
        const id = ids[index];
        return id === undefined ? undefined : (known.current.get(id) ?? { transcript_id: id, values: {} });
      },
      need,
    }),
    [ids, need, updated],
  );
  const idsOf = useCallback(
    (id: string) => {
      const at = Math.floor(ids.indexOf(id) / CHUNK);
      return at < 0 ? [id] : ids.slice(at * CHUNK, (at + 1) * CHUNK);
    },
    [ids],
  );
  return { rows, idsOf };
}
