import { useQuery } from "@tanstack/react-query";
import type { RatedDifferentlyItem } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatInterval } from "../../../domain/format.ts";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { ratersQuery } from "../api/agreement.ts";
import { aboutWords, idsOf, labelWords } from "../model/cases.ts";
import { kappaWords } from "../model/rates.ts";
import { ConfusionTable } from "./confusion-table.tsx";
import styles from "./raters-panel.module.css";
import { TranscriptLink } from "./transcript-link.tsx";

interface RatersPanelProps {
  file: string;
  other: string;
  /** What the first and the second are called. */
  names: readonly [string, string];
}

/** How far two people agree who labelled the same cases, and where they do not. */
export function RatersPanel({ file, other, names }: RatersPanelProps) {
  const raters = useQuery(ratersQuery(file, other));
  if (raters.error !== null) {
    return <ErrorState error={raters.error} title="The raters could not be compared." onRetry={raters.refetch} />;
  }
  const found = raters.data;
  if (found === undefined) return <Skeleton lines={4} label="Comparing the raters" />;
  const [kappa, low, high] = found.kappa ?? [];
  return (
    <section className={styles.raters} aria-label="Agreement of the raters">
      <h2>
        {names[1]} agrees with {names[0]}
      </h2>
      <p>
        {found.agreeing} of {formatCounted(found.both, "case")} that both have labelled
        {found.rate !== null && `: ${formatInterval(...found.rate)}`}
        {kappa !== undefined && low !== undefined && high !== undefined
          ? `, Cohen's κ ${kappaWords({ value: kappa, low, high })}`
          : found.both > 0 && ", no κ: one label is the only one"}
      </p>
      <p className="muted">
        Only {names[0]}: {found.only_first}. Only {names[1]}: {found.only_second}.
      </p>
      {found.both > 0 && <ConfusionTable rows={names[0]} columns={names[1]} counts={found.confusion} />}
      {found.disagreements.length > 0 && <Differences items={found.disagreements} names={names} />}
    </section>
  );
}

const MOST = 200;

function Differences({ items, names }: { items: readonly RatedDifferentlyItem[]; names: readonly [string, string] }) {
  return (
    <table className={styles.differences}>
      <caption>{formatCounted(items.length, "case")} with different labels</caption>
      <thead>
        <tr>
          <th scope="col">Case</th>
          <th scope="col">{names[0]}</th>
          <th scope="col">{names[1]}</th>
        </tr>
      </thead>
      <tbody>
        {items.slice(0, MOST).map((item) => (
          <tr key={item.key}>
            <td>
              <TranscriptLink id={idsOf(item.fields)[0]} words={aboutWords(item.fields)} />
            </td>
            <td>{labelWords(item.first)}</td>
            <td>{labelWords(item.second)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
