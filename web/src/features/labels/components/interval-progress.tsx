import { useQuery } from "@tanstack/react-query";
import { formatCounted } from "../../../domain/format.ts";
import { agreementQuery } from "../api/agreement.ts";
import type { QueueAsked } from "../api/scans.ts";
import { route } from "../model/address.ts";
import { intervalWidth, labelsFor } from "../model/interval.ts";
import { DEFAULTS } from "../model/queue.ts";
import { rateOf } from "../model/rates.ts";

interface IntervalProps {
  file: string;
  scan: QueueAsked;
  labelled: number;
}

/**
 * How wide the interval of the agreement is, and how many labels it takes to where it is wanted.
 *
 * The width says nothing of where the interval is, so that whoever labels does not learn how he agrees with the scanner.
 */
export function IntervalProgress({ file, scan, labelled }: IntervalProps) {
  const { width = DEFAULTS.width } = route.useSearch();
  const agreement = useQuery({
    ...agreementQuery(file, scan.scan, scan.scanner),
    enabled: labelled > 0,
  });
  const row = agreement.data?.rows[0];
  const rate = row === undefined ? null : rateOf(row, "match_rate");
  const compared = row?.compared ?? labelled;
  const share = rate?.value ?? 0.5;
  const now = Math.round(100 * (rate === null ? intervalWidth(compared, share) : rate.high - rate.low));
  const left = labelsFor(width / 100, share) - compared;
  return (
    <p>
      Interval of the agreement: {now} points wide, {width} wanted
      {left > 0 ? ` · about ${formatCounted(left, "label")} to go` : " · reached ✓"}
    </p>
  );
}
