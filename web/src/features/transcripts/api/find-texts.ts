import { readStream } from "../../../api/client.ts";
import type { TranscriptFindProgress, TranscriptHit } from "../../../api/generated/types.gen.ts";

export interface Sought {
  q: string;
  regex: boolean;
  case: boolean;
  word: boolean;
}

interface FindAsked extends Sought {
  location: string | undefined;
  where: readonly string[];
  order_by: readonly string[];
}

const MOST_HITS = 2000;
const MOST_SECONDS = 600;

/** Look for a text in all transcripts of a list: hits in its order, and how far it has come. */
export function findTexts({ location, where, order_by, ...sought }: FindAsked, signal: AbortSignal) {
  return readStream<TranscriptHit | TranscriptFindProgress>("/transcripts/find", {
    query: {
      ...sought,
      where: [...where],
      order_by: [...order_by],
      location: location ?? null,
      limit: MOST_HITS,
      seconds: MOST_SECONDS,
    },
    signal,
  });
}
