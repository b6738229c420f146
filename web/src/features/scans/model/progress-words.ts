import { formatDuration, formatShare } from "../../../domain/format.ts";
import type { LiveScan } from "./scan-list.ts";

/** `64 % · 12 a minute · 40 s left`. */
export function progressWords(scan: LiveScan): string {
  const share = scan.total === 0 ? "…" : formatShare((scan.done ?? 0) / scan.total);
  const rate = scan.rate ?? null;
  const left = scan.left_seconds ?? null;
  return [
    share,
    ...(rate === null || rate === 0 ? [] : [rateWords(rate)]),
    ...(left === null ? [] : [`${formatDuration(left)} left`]),
  ].join(" · ");
}

function rateWords(rate: number): string {
  return rate >= 1 ? `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s` : `${(rate * 60).toFixed(0)}/min`;
}
