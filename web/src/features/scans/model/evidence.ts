/** What results rest on, and where it is. */

import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, keyOf } from "../../../api/ask.ts";
import { read } from "../../../api/client.ts";
import { ServerError } from "../../../api/connection.ts";
import type { EvidenceItem, ProjectGetProjectResponse } from "../../../api/generated/types.gen.ts";
import { keyOfRow, type ResultRow } from "./result-row.ts";
import type { ResultsOf } from "./scan-search.ts";

export interface Evidence {
  items: EvidenceItem[];
  /** Whether its log is where the scan read it. */
  isInPlace: boolean;
}

/** The messages that results rest on. Logs that are not where the scan read them are looked for where the project has its own. */
export function evidenceQuery(of: ResultsOf, id: string) {
  const url = "/scans/{scan_id}/{scanner}/results/{id}/evidence";
  const path = { ...of.path, id };
  return queryOptions({
    queryKey: keyOf(url, { path, query: of.query }, "wherever it is"),
    queryFn: async ({ signal, client }): Promise<Evidence> => {
      const { evidence: items } = await read(url, { path, query: of.query, signal });
      const isThere = (found: EvidenceItem[]) => found.some((each) => each.message_count > 0);
      if (isThere(items) || items.every(({ remarks }) => remarks.length === 0)) return { items, isInPlace: true };
      const project = await client.fetchQuery(ask("/project")).catch(() => undefined);
      const transcripts = projectTranscripts(project);
      if (transcripts === undefined) return { items, isInPlace: true };
      const query = { ...of.query, transcripts: [transcripts] };
      const { evidence: moved } = await read(url, { path, query, signal });
      return { items: isThere(moved) ? moved : items, isInPlace: false };
    },
  });
}

type Project = Pick<ProjectGetProjectResponse, "path" | "config">;

/** The transcripts of the project as it names them, if it names one place. */
function projectTranscripts(project: Project | undefined): string | undefined {
  const named = project?.config.transcripts;
  return typeof named === "string" ? named : undefined;
}

/** Where a transcript is, for the address of its place: nothing is said of those where the project has its own. */
export function transcriptLocation(evidence: Evidence | undefined, project: Project | undefined): string | undefined {
  const uri = evidence?.items[0]?.transcript.source_uri ?? undefined;
  if (uri === undefined || evidence?.isInPlace === false) return undefined;
  const named = projectTranscripts(project);
  if (project === undefined || named === undefined) return uri;
  const folder = project.path.replace(/\/[^/]*$/, "");
  const whole = /^(?:[a-z][a-z0-9+.-]*:\/\/|\/)/i.test(named) ? named : `${folder}/${named.replace(/^\.\//, "")}`;
  return uri.startsWith(whole.replace(/\/+$/, "")) ? undefined : uri;
}

/** Open the transcript of a result, at a message or else at the first that it cites. */
export function useOpenTranscript(of: ResultsOf) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (row: Pick<ResultRow, "uuid" | "transcript_id">, message?: number) => {
    const project = await queries.fetchQuery(ask("/project")).catch(() => undefined);
    const evidence = await queries.fetchQuery(evidenceQuery(of, keyOfRow(row))).catch(() => undefined);
    const cited = evidence?.items[0]?.messages.find((each) => each.cited)?.number;
    const id = row.transcript_id;
    const location = transcriptLocation(evidence, project);
    // Where the server may not read, the project may have the same transcript.
    const isRefused =
      location !== undefined &&
      (await queries.fetchQuery(ask("/transcripts/{id}", { path: { id }, query: { location } })).then(
        () => false,
        (error: unknown) => error instanceof ServerError && error.status === 403,
      ));
    await navigate({
      to: "/transcripts/$id",
      params: { id },
      search: {
        location: isRefused ? undefined : location,
        message: message ?? cited,
        scan: [of.path.scan_id],
      },
    });
  };
}
