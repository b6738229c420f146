import { useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import type { FindingsItem } from "../../../api/generated/types.gen.ts";
import { formatCount, formatInterval } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { IntervalBar } from "../../../ui/interval-bar.tsx";
import { type Bar, barsOfDistribution, barsOfFacet } from "../model/findings.ts";
import type { ResultsOf } from "../model/scan-search.ts";
import styles from "./distribution.module.css";

const GROUPS = 20;

interface DistributionProps {
  of: ResultsOf;
  found: FindingsItem | undefined;
  by: string | undefined;
  where: string | undefined;
  colour: string;
  onChoose: (condition: string) => void;
}

/** How values are distributed: a bar for each group or value, with the interval of its rate. */
export function Distribution({ of: { path, query }, found, by, where, colour, onChoose }: DistributionProps) {
  const column = found?.kinds_by ?? "value";
  const isYesOrNo = column === "value" && found?.kinds.every(({ value }) => typeof value === "boolean") === true;
  const isRate = by !== undefined && isYesOrNo;
  const asked = { ...query, where, by: by === undefined ? [] : [by], limit: GROUPS };
  /** How often something was found in each group. */
  const rates = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/facets", { path, query: asked }),
    select: ({ items }) => ({ bars: items.flatMap(barsOfFacet), leftOut: items[0]?.left_out ?? 0 }),
    enabled: isRate,
  });
  /** How often each value was given. */
  const values = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/distribution", { path, query: { ...asked, column } }),
    select: (told) => ({ bars: barsOfDistribution(told), leftOut: told.left_out }),
    enabled: !isRate,
  });
  const { data, error } = isRate ? rates : values;
  // What is wrong with the condition is told beside it.
  if (error !== null && by === undefined) return null;
  if (error !== null) {
    return (
      <p role="alert" className={styles.error}>
        {error.message}
      </p>
    );
  }
  if (data === undefined || data.bars.length === 0) return null;
  return (
    <section aria-label="Distribution" className={styles.chart}>
      <ul>
        {data.bars.map((bar) => (
          <BarLine key={bar.key} bar={bar} colour={colour} onChoose={onChoose} />
        ))}
      </ul>
      {data.leftOut > 0 && <p className="muted">{formatCount(data.leftOut)} more groups are not shown.</p>}
    </section>
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
