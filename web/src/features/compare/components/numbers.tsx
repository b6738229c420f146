import type { ScannerComparison } from "../../../api/generated/types.gen.ts";
import { formatCount, formatInterval } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { IntervalBar } from "../../../ui/interval-bar.tsx";
import { chanceWords, confusionOf } from "../model/flips.ts";
import styles from "./numbers.module.css";

interface NumbersProps {
  found: ScannerComparison;
  names: readonly [string, string];
}

/** How far they agree, with intervals and the paired test, and who gave which values. */
export function Numbers({ found, names }: NumbersProps) {
  const { agreement, agreement_low, agreement_high, kappa, kappa_low, kappa_high } = found;
  return (
    <section aria-label="Agreement" className={styles.numbers}>
      <Confusion found={found} names={names} />
      <dl>
        <Fact name="agree">
          {agreement === null ? (
            "-"
          ) : (
            <>
              {formatInterval(agreement, agreement_low ?? 0, agreement_high ?? 1)} {formatCount(found.same)}/
              {formatCount(found.n)}
              <IntervalBar share={agreement} low={agreement_low ?? 0} high={agreement_high ?? 1} />
            </>
          )}
        </Fact>
        <Fact name="beyond chance" help="Cohen's kappa: 1 always, 0 as by chance">
          {kappa === null ? "-" : `κ ${rounded(kappa)} (${rounded(kappa_low)} to ${rounded(kappa_high)})`}
        </Fact>
        <Fact name="paired test" help="McNemar: how likely so unequal changes in both directions are by chance">
          {chanceWords(found.mcnemar_p)}
        </Fact>
        <Fact name="found something">
          {formatCount(found.found.first)} and {formatCount(found.found.second)}
        </Fact>
        <Fact name="tokens">
          {formatCount(found.tokens.first)} and {formatCount(found.tokens.second)}
        </Fact>
        {found.only_first + found.only_second + found.failed > 0 && (
          <Fact name="left out">
            {formatCount(found.only_first)} only in A, {formatCount(found.only_second)} only in B,{" "}
            {formatCount(found.failed)} failed
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ name, help, children }: { name: string; help?: string; children: React.ReactNode }) {
  return (
    <div title={help}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function rounded(value: number | null): string {
  return value === null ? "?" : value.toFixed(2);
}

function Confusion({ found, names }: NumbersProps) {
  const { rows, columns, count, left } = confusionOf(found.confusion);
  return (
    <table className={styles.confusion}>
      <caption>
        A ({names[0]}) down, B ({names[1]}) across
        {left > 0 && `; ${left} rarer values are not shown`}
      </caption>
      <thead>
        <tr>
          <td />
          {columns.map((value) => (
            <th key={String(value)} scope="col">
              <Value value={value} />
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={String(row)}>
            <th scope="row">
              <Value value={row} />
            </th>
            {columns.map((column) => (
              <td key={String(column)} data-kind={kindOf(row === column, count(row, column))}>
                {formatCount(count(row, column))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function kindOf(isSame: boolean, count: number): string | undefined {
  if (isSame) return "same";
  return count > 0 ? "flip" : undefined;
}

function Value({ value }: { value: string | boolean }) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return <InertText text={value.length > 24 ? `${value.slice(0, 23)}…` : value} />;
}
