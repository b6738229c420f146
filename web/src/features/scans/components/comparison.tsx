import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ScanComparison, ScannerComparison, VerdictItem } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { JsonTree } from "../../../ui/content/output.tsx";
import type { Json } from "../../../ui/content/text.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { allRows } from "../../../ui/data-table/rows.ts";
import { IntervalBar, VerdictDot } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { SplitPane } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import {
  bothCited,
  type CompareSearch,
  chanceWords,
  confusionOf,
  type Flip,
  flipsOf,
  KINDS,
} from "../model/comparison.ts";
import { evidenceQuery } from "../model/evidence.ts";
import { resultsOf } from "../model/scan-search.ts";
import styles from "./comparison.module.css";
import { ExplanationText, PaneKeys, Passages } from "./evidence-parts.tsx";

interface ComparisonProps {
  comparison: ScanComparison;
  found: ScannerComparison;
  names: readonly [string, string];
  search: CompareSearch;
  onChange: (change: CompareSearch) => void;
}

/** What a scanner said in A and in B: the flips first, with what both say about each. */
export function Comparison({ comparison, found, names, search, onChange }: ComparisonProps) {
  const navigate = useNavigate();
  const flips = flipsOf(found);
  const flip = flips.find(({ key }) => key === search.flip);
  const { a = "", b = "" } = search;
  /** Open the transcript that both judged, with the verdicts of both. */
  const open = ({ transcript_id: id }: Flip, message?: number) =>
    void navigate({ to: "/transcripts/$id", params: { id }, search: { scan: [...new Set([a, b])], message } });
  useKeys("Flips", [
    {
      keys: "Space",
      label: "Close what both say, or open it",
      run: () => onChange({ flip: search.flip === undefined ? flips[0]?.key : undefined }),
    },
  ]);
  return (
    <SplitPane
      name="scout-flip"
      label="Both verdicts"
      side="end"
      width={520}
      min={320}
      pane={
        flip === undefined ? null : (
          <FlipPane
            key={flip.key}
            flip={flip}
            found={found}
            names={names}
            search={search}
            onOpen={(message) => open(flip, message)}
          />
        )
      }
    >
      <Numbers found={found} names={names} />
      <Differences comparison={comparison} found={found} isSame={a === b} />
      <h2 className={styles.title}>
        Flips <span className="muted">{formatCount(flips.length + found.left_out)}</span>
        {found.left_out > 0 && <span className="muted"> of which {formatCount(flips.length)} are shown</span>}
      </h2>
      {flips.length === 0 ? (
        <EmptyState title={found.n === 0 ? "They have no input in common" : "They agree on every input"}>
          {formatCounted(found.n, "input has", "inputs have")} a result of both.
        </EmptyState>
      ) : (
        <DataTable
          label="Flips"
          columns={COLUMNS}
          rows={allRows(flips)}
          rowKey={({ key }) => key}
          activeKey={search.flip}
          onActive={({ key }) => onChange({ flip: key })}
          onOpen={(each) => open(each)}
        />
      )}
    </SplitPane>
  );
}

/** Characters of an explanation that a row can show. */
const SAID = 300;

const COLUMNS: readonly Column<Flip>[] = [
  {
    id: "values",
    name: "A → B",
    width: 132,
    cell: ({ first, second }) => (
      <b>
        <InertText text={valueWords(first.value, 24)} /> → <InertText text={valueWords(second.value, 24)} />
      </b>
    ),
  },
  { id: "kind", name: "What", width: 132, cell: ({ kind }) => KINDS[kind] },
  {
    id: "task_id",
    name: "Task",
    width: 132,
    cell: ({ task_id, transcript_id, epoch }) => (
      <>
        <InertText text={task_id ?? transcript_id} />
        {epoch !== null && epoch > 1 && <span className="muted"> epoch {epoch}</span>}
      </>
    ),
  },
  ...(["first", "second"] as const).map((side) => ({
    id: side,
    name: side === "first" ? "A says" : "B says",
    width: 160,
    grows: true,
    cell: (flip: Flip) => <InertText text={flip[side].explanation?.slice(0, SAID) ?? ""} />,
  })),
];

const HELP: Readonly<Record<string, string>> = {
  "beyond chance": "Cohen's kappa: 1 always, 0 as by chance",
  "paired test": "McNemar: how likely so unequal changes in both directions are by chance",
};

/** How far they agree, with intervals and the paired test, and who gave which values. */
function Numbers({ found, names }: Pick<ComparisonProps, "found" | "names">) {
  const { agreement, agreement_low, agreement_high, kappa, kappa_low, kappa_high } = found;
  const { only_first, only_second, failed } = found;
  const rounded = (value: number | null) => value?.toFixed(2) ?? "?";
  const [low, high] = [agreement_low ?? 0, agreement_high ?? 1];
  const share = `${formatInterval(agreement ?? 0, low, high)} ${formatCount(found.same)}/${formatCount(found.n)}`;
  const both = ({ first, second }: { first: number; second: number }) =>
    `${formatCount(first)} and ${formatCount(second)}`;
  const facts = [
    ["beyond chance", kappa === null ? "-" : `κ ${rounded(kappa)} (${rounded(kappa_low)} to ${rounded(kappa_high)})`],
    ["paired test", chanceWords(found.mcnemar_p)],
    ["found something", both(found.found)],
    ["tokens", both(found.tokens)],
  ];
  if (only_first + only_second + failed > 0) {
    const [inA, inB] = [only_first, only_second].map(formatCount);
    facts.push(["left out", `${inA} only in A, ${inB} only in B, ${formatCount(failed)} failed`]);
  }
  return (
    <section aria-label="Agreement" className={styles.numbers}>
      <Confusion found={found} names={names} />
      <dl>
        <div>
          <dt>agree</dt>
          <dd>
            {agreement === null ? "-" : share}
            {agreement !== null && <IntervalBar share={agreement} low={low} high={high} />}
          </dd>
        </div>
        {facts.map(([name = "", said]) => (
          <div key={name} title={HELP[name]}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Confusion({ found, names }: Pick<ComparisonProps, "found" | "names">) {
  const { values, count, left } = confusionOf(found.confusion);
  const head = (value: string | boolean, scope: string) => (
    <th key={String(value)} scope={scope}>
      <InertText text={valueWords(value, 24)} />
    </th>
  );
  const cell = (row: string | boolean, column: string | boolean) => {
    const times = count(row, column);
    const kind = times > 0 ? "flip" : undefined;
    return (
      <td key={String(column)} data-kind={row === column ? "same" : kind}>
        {formatCount(times)}
      </td>
    );
  };
  return (
    <table className={styles.confusion}>
      <caption>
        A ({names[0]}) down, B ({names[1]}) across
        {left > 0 && `; ${left} rarer values are not shown`}
      </caption>
      <thead>
        <tr>
          <td />
          {values.map((value) => head(value, "col"))}
        </tr>
      </thead>
      <tbody>
        {values.map((row) => (
          <tr key={String(row)}>
            {head(row, "row")}
            {values.map((column) => cell(row, column))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DifferencesProps extends Pick<ComparisonProps, "comparison" | "found"> {
  /** Both are scanners of one scan. */
  isSame: boolean;
}

/** What was asked differently: question, model, arguments, code. */
function Differences({ comparison, found, isSame }: DifferencesProps) {
  const differences = [...comparison.differences, ...found.differences];
  const alone = [
    ...comparison.only_first.map((name) => `${name} is only in A`),
    ...comparison.only_second.map((name) => `${name} is only in B`),
  ].join(", ");
  if (differences.length === 0) {
    return (
      <p className={styles.none}>
        {isSame ? "Two scanners of one scan" : "Both asked the same, of the same model, with the same code."}
        {alone !== "" && ` ${alone}.`}
      </p>
    );
  }
  return (
    <details className={styles.differences} open={differences.length <= 3}>
      <summary>
        {formatCounted(differences.length, "difference")} in what was asked:{" "}
        {differences.map(({ name }) => name).join(", ")}
      </summary>
      <div className={styles.scroll}>
        <table>
          <thead>
            <tr>
              <th scope="col">what</th>
              <th scope="col">A</th>
              <th scope="col">B</th>
            </tr>
          </thead>
          <tbody>
            {differences.map(({ name, first, second }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <Asked value={first} />
                <Asked value={second} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {alone !== "" && <p className="muted">{alone}.</p>}
    </details>
  );
}

function Asked({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <td className="muted">none</td>;
  return (
    <td>{typeof value === "string" ? <InertText text={value} /> : <JsonTree value={value as Json} depth={1} />}</td>
  );
}

interface FlipPaneProps {
  flip: Flip;
  found: ScannerComparison;
  names: readonly [string, string];
  search: CompareSearch;
  onOpen: (message?: number) => void;
}

/** What both say of one input, and what both cite, in one transcript. */
function FlipPane({ flip, found, names, search, onOpen }: FlipPaneProps) {
  const { a = "", b = "", scans } = search;
  const first = useQuery(evidenceQuery(resultsOf(a, found.scanner, scans), flip.transcript_id));
  const second = useQuery(evidenceQuery(resultsOf(b, found.second_scanner, scans), flip.transcript_id));
  const error = first.error ?? second.error;
  const both =
    first.data !== undefined && second.data !== undefined && ([first.data.items, second.data.items] as const);
  return (
    <section aria-label="Both verdicts" className={styles.pane}>
      <h2>
        <InertText text={flip.task_id ?? flip.transcript_id} />
      </h2>
      <div className={styles.both}>
        <Side name="A" what={names[0]} said={flip.first} colour={1} />
        <Side name="B" what={names[1]} said={flip.second} colour={2} />
      </div>
      {error !== null && <ErrorState error={error} title="What they cite could not be read." />}
      {!both && error === null && <Skeleton lines={4} />}
      {both && (
        <Passages
          passages={bothCited(...both)}
          remarks={[...new Set(both.flat().flatMap(({ remarks }) => remarks))]}
          colourOf={({ by }) => (by[0] === "B" ? 2 : 1)}
          noteOf={({ by }) => (by.length === 0 ? "" : ` · cited by ${by.join(" and ")}`)}
          onOpen={onOpen}
        />
      )}
      <PaneKeys name="flips" onOpen={() => onOpen()} />
    </section>
  );
}

interface SideProps {
  name: string;
  what: string;
  said: VerdictItem;
  colour: number;
}

function Side({ name, what, said, colour }: SideProps) {
  return (
    <article className={styles.side}>
      <header>
        <b>{name}</b> <span className="muted">{what}</span>
      </header>
      <p className={styles.value}>
        <VerdictDot verdict={verdictOf(said.value, null)} colour={`var(--s${colour})`} />
        <b>
          <InertText text={valueWords(said.value, 80)} />
        </b>
      </p>
      <ExplanationText text={said.explanation ?? ""} colour={colour} />
    </article>
  );
}
