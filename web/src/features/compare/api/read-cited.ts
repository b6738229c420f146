import { queryOptions } from "@tanstack/react-query";
import { read } from "../../../api/client.ts";
import type { EvidenceItem } from "../../../api/generated/types.gen.ts";
import { queryKeys } from "../../../api/query-keys.ts";

interface Cited {
  scanId: string;
  scans: string | undefined;
  scanner: string;
  transcriptId: string;
}

/** What the results of a scanner on a transcript cite. Logs that have moved are looked for where the project has its own. */
export function citedQuery({ transcriptId, ...of }: Cited) {
  const ask = (more: { transcripts?: string[] }, signal: AbortSignal) =>
    read("/scans/{scan_id}/{scanner}/results/{id}/evidence", {
      path: { scan_id: of.scanId, scanner: of.scanner, id: transcriptId },
      query: { ...(of.scans !== undefined && { location: of.scans }), ...more },
      signal,
    });
  return queryOptions({
    queryKey: queryKeys.evidence(of, transcriptId, {}),
    queryFn: async ({ signal }): Promise<EvidenceItem[]> => {
      const { evidence } = await ask({}, signal);
      if (evidence.some((each) => each.message_count > 0)) return evidence;
      const { config } = await read("/project", { signal });
      const named = config.transcripts;
      return typeof named === "string" ? (await ask({ transcripts: [named] }, signal)).evidence : evidence;
    },
  });
}
