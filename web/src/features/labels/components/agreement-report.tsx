import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ask } from "../../../api/ask.ts";
import type { AgreementRow, DisagreementItem, ScannerAgreement } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatInterval } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { IntervalBar } from "../../../ui/drawings.tsx";
import { CopyButton, ErrorState, Skeleton } from "../../../ui/states.tsx";
import {
  agreementMarkdown,
  agreementQuery,
  type Counts,
  confusionOf,
  type Group,
  kappaWords,
  RATE_COLUMNS,
  rateCells,
  rateOf,
  remarksOf,
} from "../model/agreement.ts";
import { aboutWords, idsOf, labelWords } from "../model/cases.ts";
import type { ChosenScan } from "../model/queue.ts";
import { transcriptsOfIds } from "../model/transcripts.ts";
import styles from "./agreement-report.module.css";
import { EvidenceLink, TranscriptLink } from "./case-parts.tsx";

const MOST = 200;
const MOST_DESCRIBED = 100;
const EXPLANATION = 240;

interface AgreementProps {
  file: string;
  scan: ChosenScan;
  group?: Group | undefined;
  children: (report: ScannerAgreement, row: AgreementRow) => ReactNode;
}

function Agreement({ file, scan, group, children }: AgreementProps) {
  const agreement = useQuery(agreementQuery(file, scan, group));
  if (agreement.error !== null) {
    return <ErrorState error={agreement.error} title="The labels could not be compared." onRetry={agreement.refetch} />;
  }
  const row = agreement.data?.rows[0];
  if (agreement.data === undefined || row === undefined) return <Skeleton lines={4} label="Comparing the labels" />;
  return children(agreement.data, row);
}

/** How far a scanner agrees with the labels of a file. */
export function AgreementSummary({ file, scan }: Pick<AgreementProps, "file" | "scan">) {
  return (
    <Agreement file={file} scan={scan}>
      {(_, row) => <Figures title={`${scan.scanner} agrees with you`} row={row} />}
    </Agreement>
  );
}

interface ReportProps extends Omit<AgreementProps, "children"> {
  /** The case whose evidence is shown. */
  read: string | undefined;
  onRead: (id: string) => void;
}

/** All that can be said of it: disagreements first. */
export function AgreementReport({ file, scan, group, read, onRead }: ReportProps) {
  return (
    <Agreement file={file} scan={scan} group={group}>
      {(report, row) => {
        const confusion = confusionOf(row, report.confusion);
        const remarks = remarksOf(report);
        return (
          <>
            <Disagreements items={report.disagreements} scan={scan} read={read} onRead={onRead} />
            <Figures title={`${scan.scanner} against the labels`} row={row} />
            {confusion !== null && <ConfusionTable rows="Expected" columns="given" counts={confusion} />}
            {report.rows.length > 1 && <GroupsTable rows={report.rows} />}
            {remarks.length > 0 && (
              <ul className={styles.remarks}>
                {remarks.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            )}
            <p className={styles.copies}>
              <CopyButton text={() => agreementMarkdown(report)} what="as Markdown" named />
              <CopyButton text={() => JSON.stringify(report, null, 2)} what="as JSON" named />
            </p>
          </>
        );
      }}
    </Agreement>
  );
}

interface TableProps {
  caption?: ReactNode;
  head: readonly string[];
  /** Whether rows have names as well. */
  isCross?: boolean;
  className: string | undefined;
  children: ReactNode;
}

function Table({ caption, head, isCross = false, className, children }: TableProps) {
  return (
    <div className={styles.scroll}>
      <table className={className}>
        {caption !== undefined && <caption>{caption}</caption>}
        <thead>
          <tr>
            {isCross && <td />}
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Where the scanner does not say what the label says: it is wrong, or the label is, or the question is not clear. */
function Disagreements({ items, scan, read, onRead }: Omit<ReportProps, "file"> & { items: DisagreementItem[] }) {
  const described = useQuery(transcriptsOfIds(items.slice(0, MOST_DESCRIBED).map((item) => item.id)));
  // A transcript by its task, which says more than its id.
  const named = new Map(
    described.data?.items.map(({ transcript_id, values: { task_id, task_repeat } }) => [
      transcript_id,
      task_id == null ? "" : `${task_id}${task_repeat == null ? "" : ` epoch ${task_repeat}`}`,
    ]),
  );
  if (items.length === 0) return <h2>No disagreements</h2>;
  return (
    <Table
      className={`${styles.plain} ${styles.found}`}
      caption={`${formatCounted(items.length, "disagreement")}${items.length > MOST ? `, the first ${MOST}` : ""}`}
      head={["Case", "Expected", "Given", "Explanation", "Evidence"]}
    >
      {items.slice(0, MOST).map((item) => (
        <tr key={item.id} aria-current={item.id === read || undefined}>
          <td>
            <TranscriptLink id={item.id} words={named.get(item.id) || item.id} />
            <div className="muted">{[item.task, item.model, item.split].filter(Boolean).join(" · ")}</div>
          </td>
          <td>{labelWords(item.expected)}</td>
          <td>{labelWords(item.given)}</td>
          <td className={styles.said}>
            <InertText text={formatValue(item.explanation ?? "", EXPLANATION)} />
          </td>
          <td className={styles.links}>
            <button type="button" data-kind="link" onClick={() => onRead(item.id)}>
              Verdict
            </button>{" "}
            <EvidenceLink scan={scan} result={item.id} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

const RATES = [
  { name: "match_rate", words: "Match", help: "Cases whose label the scanner met" },
  { name: "precision", words: "Precision", help: "Of what it found, what is labelled positive" },
  { name: "recall", words: "Recall", help: "Of what is labelled positive, what it found" },
  { name: "specificity", words: "Specificity", help: "Of what is labelled negative, what it left alone" },
] as const;

/** Rates with their intervals, and kappa. */
function Figures({ title, row }: { title: string; row: AgreementRow }) {
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
          const [share, low, high] = rate;
          return (
            <div key={name} title={help}>
              <dt>{words}</dt>
              <dd className={styles.bar}>
                <IntervalBar share={share} low={low} high={high} />
              </dd>
              <dd className="number">{formatInterval(...rate)}</dd>
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

/** The agreement of each group, key and class. */
function GroupsTable({ rows }: { rows: readonly AgreementRow[] }) {
  return (
    <Table className={`${styles.plain} ${styles.groups}`} head={RATE_COLUMNS}>
      {rows.map((row) => {
        const [group, compared, ...rates] = rateCells(row);
        return (
          <tr key={`${row.group}\n${row.key}\n${row.class}`}>
            <th scope="row">{group}</th>
            <td className="number">{compared}</td>
            {rates.map((rate, at) => (
              <td key={RATE_COLUMNS[at + 2]}>{rate}</td>
            ))}
          </tr>
        );
      })}
    </Table>
  );
}

/** How often what stands down the side was given as what stands across; where both are the same, the cell says so. */
function ConfusionTable({ rows, columns, counts }: { rows: string; columns: string; counts: Counts }) {
  const expected = Object.keys(counts);
  const given = [...new Set([...expected, ...Object.values(counts).flatMap((cells) => Object.keys(cells))])];
  return (
    <Table className={styles.confusion} caption={`${rows} (rows) and ${columns} (columns)`} head={given} isCross>
      {expected.map((name) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          {given.map((other) => (
            <td key={other} className="number" data-same={other === name || undefined}>
              {counts[name]?.[other] ?? 0}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

interface RatersPanelProps {
  file: string;
  other: string;
  /** What the first and the second are called. */
  names: readonly [string, string];
}

/** How far two people agree who labelled the same cases, and where they do not. */
export function RatersPanel({ file, other, names: [first, second] }: RatersPanelProps) {
  const raters = useQuery(ask("/labels/{file}/raters/{other}", { path: { file, other } }));
  if (raters.error !== null) {
    return <ErrorState error={raters.error} title="The raters could not be compared." onRetry={raters.refetch} />;
  }
  const found = raters.data;
  if (found === undefined) return <Skeleton lines={4} label="Comparing the raters" />;
  const unsure = found.both > 0 ? ", no κ: one label is the only one" : "";
  return (
    <section className={styles.raters} aria-label="Agreement of the raters">
      <h2>
        {second} agrees with {first}
      </h2>
      <p>
        {found.agreeing} of {formatCounted(found.both, "case")} that both have labelled
        {found.rate !== null && `: ${formatInterval(...found.rate)}`}
        {found.kappa === null ? unsure : `, Cohen's κ ${kappaWords(found.kappa)}`}
      </p>
      <p className="muted">
        Only {first}: {found.only_first}. Only {second}: {found.only_second}.
      </p>
      {found.both > 0 && <ConfusionTable rows={first} columns={second} counts={found.confusion} />}
      {found.disagreements.length > 0 && (
        <Table
          className={`${styles.plain} ${styles.differences}`}
          caption={`${formatCounted(found.disagreements.length, "case")} with different labels`}
          head={["Case", first, second]}
        >
          {found.disagreements.slice(0, MOST).map((item) => (
            <tr key={item.key}>
              <td>
                <TranscriptLink id={idsOf(item.fields)[0]} words={aboutWords(item.fields)} />
              </td>
              <td>{labelWords(item.first)}</td>
              <td>{labelWords(item.second)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}
