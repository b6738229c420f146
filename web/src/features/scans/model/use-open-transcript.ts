import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { projectQuery } from "../api/read-project.ts";
import { evidenceQuery } from "../api/read-result.ts";
import type { ResultsOf } from "./scan-search.ts";
import { projectTranscripts, transcriptLocation } from "./transcript-location.ts";

/** Open the transcript of a result, at a message or else at the first that it cites. */
export function useOpenTranscript(of: ResultsOf) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (row: { uuid: string | null; transcript_id: string }, message?: number) => {
    const project = await queries.fetchQuery(projectQuery).catch(() => undefined);
    const asked = evidenceQuery(of, row.uuid ?? row.transcript_id, projectTranscripts(project));
    const evidence = await queries.fetchQuery(asked).catch(() => null);
    const cited = evidence?.messages.find((each) => each.cited)?.number;
    const at = message ?? cited;
    await navigate({
      to: "/transcripts/$id",
      params: { id: row.transcript_id },
      search: {
        ...transcriptLocation(evidence, project),
        ...(at !== undefined && { message: at }),
        scan: [of.scanId],
      },
    });
  };
}
