/** What is said of a whole list in one line. */

import type { TranscriptFacet } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatInterval, formatRough } from "../../../domain/format.ts";

export const SUMMED = ["task_set", "model", "success", "total_tokens", "message_count"] as const;

export function summaryOf(facets: readonly TranscriptFacet[]) {
  const by = new Map(facets.map((facet) => [facet.by, facet]));
  const counted = (value: boolean) => by.get("success")?.values.find((each) => each.value === value)?.count ?? 0;
  const messages = by.get("message_count");
  return {
    tasks: distinct(by.get("task_set")),
    models: distinct(by.get("model")),
    /** Of those of which it is known; null: of none. */
    success: wilson(counted(true), counted(true) + counted(false)),
    tokens: by.get("total_tokens")?.sum ?? null,
    /** Messages of the longest. */
    longest: messages?.histogram?.at(-1)?.stop ?? Number(messages?.values[0]?.value ?? 0),
  };
}

interface Fact {
  words: string;
  title?: string;
}

/** The whole list in a line; what has to be counted (`summary`) comes after the rows. */
export function summaryFacts(
  total: number,
  problems: readonly string[],
  summary: ReturnType<typeof summaryOf> | undefined,
): Fact[] {
  const facts: Fact[] = [{ words: formatCounted(total, "transcript") }];
  if (problems.length > 0) {
    facts.push({ words: `${formatCounted(problems.length, "log")} could not be read`, title: problems.join("\n") });
  }
  if (summary === undefined || total === 0) return facts;
  const { tasks, models, success, tokens } = summary;
  facts.push({ words: formatCounted(tasks, "task") }, { words: formatCounted(models, "model") });
  if (success !== null) {
    const { count, of, share, low, high } = success;
    facts.push({
      words: `success ${formatInterval(share, low, high)}`,
      title: `${formatCount(count)} of ${formatCount(of)} that have a score; the interval is 95 %, Wilson's`,
    });
  }
  if (tokens !== null) facts.push({ words: `${formatRough(tokens)} tokens` });
  return facts;
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
