/** Lines of a chart: how often something was found, or which value was given, in each group. */

import type { DistributionItem, DistributionPartItem, FacetItem } from "../../../api/generated/types.gen.ts";
import { verdictOf } from "../../../domain/values.ts";
import { equals } from "./conditions.ts";
import { valueWords } from "./result-row.ts";

export interface Bar {
  key: string;
  /** The group that begins with this line. */
  group: string | null;
  name: string;
  share: number;
  low: number;
  high: number;
  count: number;
  n: number;
  errors: number;
  /** They found nothing: the bar has no colour of its own. */
  isNegative: boolean;
  /** What holds for its results. */
  condition: string;
}

/** A line for each group, with how often something was found in it. */
export function barsOfFacet(facet: FacetItem): Bar[] {
  return facet.groups.flatMap((group) =>
    group.rate === null && group.errors === 0
      ? []
      : [
          {
            key: JSON.stringify(group.value),
            group: null,
            name: valueWords(group.value, 80),
            share: group.rate ?? 0,
            low: group.rate_low ?? 0,
            high: group.rate_high ?? 0,
            count: group.found,
            n: group.n,
            errors: group.errors,
            isNegative: false,
            condition: equals(facet.by, group.value),
          },
        ],
  );
}

/** A line for each value, of each group if there are groups. */
export function barsOfDistribution(found: DistributionItem): Bar[] {
  const [by] = found.by;
  return found.groups.flatMap((group) => {
    const within = by === undefined ? null : group.group[by];
    const name = by === undefined ? null : valueWords(within, 80);
    return group.parts.map((part, place): Bar => {
      const own = conditionOf(found.column, part);
      return {
        key: JSON.stringify([within, part.value, part.low]),
        group: place === 0 ? name : null,
        name: rangeWords(part),
        share: part.rate ?? 0,
        low: part.rate_low ?? 0,
        high: part.rate_high ?? 0,
        count: part.count,
        n: group.n,
        errors: 0,
        isNegative: verdictOf(part.value, null) !== "positive" && part.low === null,
        condition: by === undefined ? own : `${equals(by, within)} AND ${own}`,
      };
    });
  });
}

/** Ranges are open at their end, but for one that is a single number. */
function conditionOf(column: string, { value, low, high }: DistributionPartItem): string {
  if (low === null) return equals(column, value);
  return `${column} >= ${low} AND ${column} ${high === low ? "<=" : "<"} ${high}`;
}

function rangeWords(part: DistributionPartItem): string {
  if (part.low === null || part.high === null) return valueWords(part.value, 80);
  return part.low === part.high ? valueWords(part.low) : `${valueWords(part.low)} to ${valueWords(part.high)}`;
}
