import { useQuery } from "@tanstack/react-query";
import type { FindingsItem } from "../../../api/generated/types.gen.ts";
import { formatCount, formatInterval } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { IntervalBar } from "../../../ui/interval-bar.tsx";
import { chartQuery } from "../api/count-results.ts";
import type { Bar } from "../model/bars.ts";
import type { ResultsOf } from "../model/scan-search.ts";
import styles from "./distribution.module.css";

interface DistributionProps {
  of: ResultsOf;
  found: FindingsItem | undefined;
  by: string | undefined;
  where: string | undefined;
  colour: string;
  onChoose: (condition: string) => void;
}

/** How values are distributed: a bar for each group or value, with the interval of its rate. */
export function Distribution({ of, found, by, where, colour, onChoose }: DistributionProps) {
  const isYesOrNo = found?.kinds_by === "value" && found.kinds.every(({ value }) => typeof value === "boolean");
  const column = found?.kinds_by ?? "value";
  const chart = useQuery(chartQuery(of, { column, by, isYesOrNo, where }));
  if (chart.error !== null) return <Refused by={by} words={chart.error.message} />;
  const { bars, leftOut } = chart.data ?? { bars: [], leftOut: 0 };
  if (bars.length === 0) return null;
  return (
    <section aria-label="Distribution" className={styles.chart}>
      <ul>
        {bars.map((bar) => (
          <BarLine key={bar.key} bar={bar} colour={colour} onChoose={onChoose} />
        ))}
      </ul>
      {leftOut > 0 && <p className="muted">{formatCount(leftOut)} more groups are not shown.</p>}
    </section>
  );
}

/** What is wrong with the condition is told beside it. */
function Refused({ by, words }: { by: string | undefined; words: string }) {
  if (by === undefined) return null;
  return (
    <p role="alert" className={styles.error}>
      {words}
    </p>
  );
}

function BarLine({ bar, colour, onChoose }: Pick<DistributionProps, "colour" | "onChoose"> & { bar: Bar }) {
  return (
    <li>
      {bar.group !== null && (
        <b className={styles.group}>
          <InertText text={bar.group} />
        </b>
      )}
      <button
        type="button"
        data-kind="plain"
        className={styles.line}
        title={`Show only these: ${bar.condition}`}
        onClick={() => onChoose(bar.condition)}
      >
        <span className={styles.name}>
          <InertText text={bar.name} />
        </span>
        <IntervalBar share={bar.share} low={bar.low} high={bar.high} colour={bar.isNegative ? "var(--edge)" : colour} />
        <span className={styles.numbers}>
          {formatInterval(bar.share, bar.low, bar.high)} {formatCount(bar.count)}/{formatCount(bar.n)}
          {bar.errors > 0 && <em> {formatCount(bar.errors)} failed</em>}
        </span>
      </button>
    </li>
  );
}
