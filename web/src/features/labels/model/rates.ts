/** Rates of an agreement, as the page writes them. */

import type { AgreementRow } from "../../../api/generated/types.gen.ts";
import { formatInterval } from "../../../domain/format.ts";

export interface Rate {
  value: number;
  low: number;
  high: number;
}

export type RateName = "match_rate" | "precision" | "recall" | "specificity" | "kappa";

export function rateOf(row: AgreementRow, name: RateName): Rate | null {
  const [value, low, high] = [row[name], row[`${name}_low`], row[`${name}_high`]];
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** `92 % (81 to 97)`; null where there is none. */
export function rateWords(row: AgreementRow, name: RateName): string | null {
  const rate = rateOf(row, name);
  return rate === null ? null : formatInterval(rate.value, rate.low, rate.high);
}

/** Kappa is no share: `0.81 (0.60 to 1.00)`. */
export function kappaWords({ value, low, high }: Rate): string {
  return `${twoDigits(value)} (${twoDigits(low)} to ${twoDigits(high)})`;
}

export function twoDigits(value: number): string {
  const written = value.toFixed(2);
  return written === "-0.00" ? "0.00" : written;
}

/** What was expected -> what was given -> cases. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The table of an agreement: of classes as the report has it, else of positive and negative; null for numbers. */
export function confusionOf(row: AgreementRow, classes: Counts): Counts | null {
  if (Object.keys(classes).length > 0) return classes;
  if (row.specificity === null && row.recall === null) return null;
  return {
    positive: { positive: row.tp, negative: row.fn },
    negative: { positive: row.fp, negative: row.tn },
  };
}
