/** What a scanner found, in words. */

import type { FacetGroup, FindingsItem } from "../../../api/generated/types.gen.ts";
import { formatCount } from "../../../domain/format.ts";
import { valueWords } from "./result-row.ts";

const SHOWN = 4;

/** `done 96 · refused 9 · broken 23`. */
export function kindsWords(found: FindingsItem): string {
  const shown = found.kinds.slice(0, SHOWN).map(({ value, count }) => `${valueWords(value, 24)} ${formatCount(count)}`);
  const others = found.kinds.length - shown.length + found.kinds_left_out;
  return [...shown, ...(others > 0 ? [`${others} more`] : [])].join(" · ");
}

export interface Agreement {
  n: number;
  rate: number;
  low: number;
  high: number;
}

const Z = 1.959964;

/** Agreement with labels and its interval by Wilson's method; null where results agree in other ways than yes and no. */
export function agreementOf(groups: readonly FacetGroup[]): Agreement | null {
  const isPlain = groups.length > 0 && groups.every(({ value }) => typeof value === "boolean");
  if (!isPlain) return null;
  const n = groups.reduce((sum, group) => sum + group.found, 0);
  const agreed = groups.find(({ value }) => value === true)?.found ?? 0;
  if (n === 0) return null;
  const rate = agreed / n;
  const scale = 1 + Z ** 2 / n;
  const middle = (rate + Z ** 2 / (2 * n)) / scale;
  const reach = (Z * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2))) / scale;
  return { n, rate, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
