import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type { EvidenceItem } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";
import { named, type ResultsOf } from "../model/scan-search.ts";

/** All that is recorded of a result. */
export function resultQuery(of: ResultsOf, id: string) {
  const { path, query } = named(of);
  return queryOptions({
    queryKey: queryKeys.result(of, id),
    queryFn: ({ signal }) =>
      read("/scans/{scan_id}/{scanner}/results/{id}", {
        path: { ...path, id },
        query,
        signal,
      }),
  });
}

export interface Evidence extends EvidenceItem {
  /** Whether its log is where the scan read it. */
  isInPlace: boolean;
}

/** The messages that a result rests on. Logs that are not where the scan read them are looked for where the project has its own. */
export function evidenceQuery(of: ResultsOf, id: string, transcripts: string | undefined) {
  const { path, query } = named(of);
  const ask = (more: { transcripts?: string[] }, signal: AbortSignal) =>
    read("/scans/{scan_id}/{scanner}/results/{id}/evidence", {
      path: { ...path, id },
      query: { ...query, ...more },
      signal,
    });
  return queryOptions({
    queryKey: queryKeys.evidence(of, id, { transcripts }),
    queryFn: async ({ signal }): Promise<Evidence | null> => {
      const [found] = (await ask({}, signal)).evidence;
      if (found === undefined) return null;
      if (found.message_count > 0 || found.remarks.length === 0 || transcripts === undefined) {
        return { ...found, isInPlace: true };
      }
      const [moved] = (await ask({ transcripts: [transcripts] }, signal)).evidence;
      return { ...(moved !== undefined && moved.message_count > 0 ? moved : found), isInPlace: false };
    },
  });
}
