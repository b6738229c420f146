/**
 * Names of what is asked, in one place. The first word is the topic: when the server says that a topic has changed,
 * all that begins with it is stale (see `live.ts`). Each place adds its own lines.
 */

export const TOPICS = ["project", "scans", "transcripts", "labels"] as const;

export const queryKeys = {
  /** How the scans stand that run; kept up to date by the server, so that no topic makes it stale. */
  running: () => ["running"] as const,
  scans: (asked: object) => ["scans", "list", asked] as const,
  /** What is in one transcript: `part` says what of it. */
  transcript: (at: { id: string; location: string | undefined }, part: string, asked?: unknown) =>
    ["transcripts", "one", at.id, at.location, part, asked] as const,
  labelFiles: () => ["labels", "files"] as const,
  /** What the project says of transcripts and of labels. */
  project: () => ["project", "file"] as const,
} as const;
