/** Which transcript is read, and how its parts are named in addresses and programs. */

import { addressOf } from "../../../api/client.ts";

export interface TranscriptAddress {
  id: string;
  /** Where it is; undefined: where the project has its transcripts. */
  location: string | undefined;
}

/** Where our server gives an image or a recording of the transcript. */
export function attachmentAddress(at: TranscriptAddress, reference: string): string {
  return addressOf("/transcripts/{id}/attachments/{reference}", {
    path: { id: at.id, reference },
    query: { location: at.location ?? null },
  });
}

/** Where the server gives a message or an event as the log has it. */
export function rawAddress(at: TranscriptAddress, kind: "message" | "event", number: number): string {
  const asked = { path: { id: at.id, number }, query: { location: at.location ?? null } };
  return kind === "message"
    ? addressOf("/transcripts/{id}/messages/{number}", asked)
    : addressOf("/transcripts/{id}/events/{number}", asked);
}

/** Where the server gives all of the transcript as its log has it. */
export function rawTranscriptAddress(at: TranscriptAddress): string {
  return addressOf("/transcripts/{id}/raw", {
    path: { id: at.id },
    query: { location: at.location ?? null },
  });
}
