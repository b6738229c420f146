import type { AgreementRow } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatInterval } from "../../../domain/format.ts";
import { IntervalBar } from "../../../ui/interval-bar.tsx";
import { kappaWords, type RateName, rateOf } from "../model/rates.ts";
import styles from "./agreement-figures.module.css";

const RATES: readonly { name: RateName; words: string; help: string }[] = [
  { name: "match_rate", words: "Match", help: "Cases whose label the scanner met" },
  { name: "precision", words: "Precision", help: "Of what it found, what is labelled positive" },
  { name: "recall", words: "Recall", help: "Of what is labelled positive, what it found" },
  { name: "specificity", words: "Specificity", help: "Of what is labelled negative, what it left alone" },
];

/** How far a scanner agrees with labels: rates with their intervals, and kappa. */
export function AgreementFigures({ title, row }: { title: string; row: AgreementRow }) {
  const kappa = rateOf(row, "kappa");
  return (
    <section className={styles.figures} aria-label={title}>
      <h2>{title}</h2>
      <p className={styles.counts}>
        {formatCounted(row.cases, "case")}, {row.matched} of {formatCounted(row.compared, "verdict")} as labelled
        {row.missing > 0 && `, ${row.missing} not in the scan`}
        {row.failed > 0 && `, ${row.failed} without a result because the scanner failed`}
        {row.not_compared > 0 && `, ${row.not_compared} that could not be compared`}
      </p>
      <dl className={styles.rates}>
        {RATES.map(({ name, words, help }) => {
          const rate = rateOf(row, name);
          if (rate === null) return null;
          return (
            <div key={name} title={help}>
              <dt>{words}</dt>
              <dd className={styles.bar}>
                <IntervalBar share={rate.value} low={rate.low} high={rate.high} />
              </dd>
              <dd className="number">{formatInterval(rate.value, rate.low, rate.high)}</dd>
            </div>
          );
        })}
        {kappa !== null && (
          <div title="Agreement beyond chance: 1 always, 0 as by chance">
            <dt>Cohen's κ</dt>
            <dd className={styles.bar} />
            <dd className="number">{kappaWords(kappa)}</dd>
          </div>
        )}
      </dl>
      {row.numbers > 0 && row.mean_absolute_error !== null && (
        <p className={styles.counts}>
          Numbers (n = {row.numbers}): mean absolute error {row.mean_absolute_error.toPrecision(3)}, mean error{" "}
          {(row.mean_error ?? 0).toPrecision(3)}, Pearson {row.pearson?.toFixed(2) ?? "-"}, Spearman{" "}
          {row.spearman?.toFixed(2) ?? "-"}
        </p>
      )}
    </section>
  );
}
