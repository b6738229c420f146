import type { ReactNode } from "react";
import { formatCount, formatCounted, formatInterval, formatRough } from "../../../domain/format.ts";
import type { Summary } from "../model/summary.ts";

interface SummaryLineProps {
  /** Undefined while nobody knows. */
  total: number | undefined;
  summary: Summary | undefined;
  problems: readonly string[];
}

/** The whole list in a line; what has to be counted comes after the rows. */
export function SummaryLine({ total, summary, problems }: SummaryLineProps): ReactNode {
  if (total === undefined) return null;
  const { success } = summary ?? {};
  return (
    <>
      <span>{formatCounted(total, "transcript")}</span>
      {problems.length > 0 && (
        <span title={problems.join("\n")}>{formatCounted(problems.length, "log")} could not be read</span>
      )}
      {summary !== undefined && total > 0 && (
        <>
          <span>{formatCounted(summary.tasks, "task")}</span>
          <span>{formatCounted(summary.models, "model")}</span>
          {success !== null && success !== undefined && (
            <span
              title={`${formatCount(success.count)} of ${formatCount(success.of)} that have a score; the interval is 95 %, Wilson's`}
            >
              success {formatInterval(success.share, success.low, success.high)}
            </span>
          )}
          {summary.tokens !== null && <span>{formatRough(summary.tokens)} tokens</span>}
        </>
      )}
    </>
  );
}
