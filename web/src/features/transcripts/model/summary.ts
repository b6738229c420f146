/** What is said of a whole list in one line. */

import type { TranscriptFacet } from "../../../api/generated/types.gen.ts";

export const SUMMED = ["task_set", "model", "success", "total_tokens", "message_count"] as const;

export interface Summary {
  tasks: number;
  models: number;
  /** Of those of which it is known; null: of none. */
  success: ReturnType<typeof wilson>;
  tokens: number | null;
  /** Messages of the longest. */
  longest: number;
}

export function summaryOf(facets: readonly TranscriptFacet[]): Summary {
  const by = new Map(facets.map((facet) => [facet.by, facet]));
  const counted = (value: boolean) => by.get("success")?.values.find((each) => each.value === value)?.count ?? 0;
  const messages = by.get("message_count");
  return {
    tasks: distinct(by.get("task_set")),
    models: distinct(by.get("model")),
    success: wilson(counted(true), counted(true) + counted(false)),
    tokens: by.get("total_tokens")?.sum ?? null,
    longest: messages?.histogram?.at(-1)?.stop ?? Number(messages?.values[0]?.value ?? 0),
  };
}

/** No value is not one. */
function distinct(facet: TranscriptFacet | undefined): number {
  if (facet === undefined) return 0;
  return facet.distinct - (facet.values.some(({ value }) => value === null || value === "") ? 1 : 0);
}

const Z = 1.959964;

/** A share with the interval of 95 % in which the true one likely is (Wilson's), as the server tells it of results. */
export function wilson(count: number, of: number) {
  if (of === 0) return null;
  const share = count / of;
  const square = Z * Z;
  const centre = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return {
    count,
    of,
    share,
    low: Math.max(0, Math.min(centre - half, share)),
    high: Math.min(1, Math.max(centre + half, share)),
  };
}
