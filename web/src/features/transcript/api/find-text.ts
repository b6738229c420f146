import { readStream } from "../../../api/client.ts";
import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";
import type { ItemKind } from "../../../domain/citations.ts";
import type { TranscriptAddress } from "../model/address.ts";

export interface Sought {
  text: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

/** Look for a text in all of a transcript; what is found is told as it is found. */
export function findText(at: TranscriptAddress, kind: ItemKind, sought: Sought, signal: AbortSignal) {
  return readStream<TranscriptHit | TranscriptFindProgress>("/transcripts/{id}/find", {
    path: { id: at.id },
    query: {
      q: sought.text,
      regex: sought.regex,
      case: sought.case,
      word: sought.word,
      kinds: [kind],
      location: at.location ?? null,
    },
    signal,
  });
}
