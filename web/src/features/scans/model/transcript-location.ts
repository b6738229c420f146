/** Where a transcript is, for the address of its place: nothing is said of those where the project has its own. */

import type { ProjectGetProjectResponse } from "../../../api/generated/types.gen.ts";
import type { Evidence } from "../api/read-result.ts";

type Project = Pick<ProjectGetProjectResponse, "path" | "config">;

/** The transcripts of the project as it names them, if it names one place. */
export function projectTranscripts(project: Project | undefined): string | undefined {
  const named = project?.config.transcripts;
  return typeof named === "string" ? named : undefined;
}

export function transcriptLocation(evidence: Evidence | null, project: Project | undefined): { location?: string } {
  const uri = evidence?.transcript.source_uri ?? null;
  if (uri === null || evidence?.isInPlace === false) return {};
  const named = projectTranscripts(project);
  if (project === undefined || named === undefined) return { location: uri };
  const folder = project.path.replace(/\/[^/]*$/, "");
  const whole = /^(?:[a-z][a-z0-9+.-]*:\/\/|\/)/i.test(named) ? named : `${folder}/${named.replace(/^\.\//, "")}`;
  return uri.startsWith(whole.replace(/\/+$/, "")) ? {} : { location: uri };
}
