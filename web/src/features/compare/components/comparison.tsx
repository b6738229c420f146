import type { ScanComparison, ScannerComparison } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { allRows } from "../../../ui/data-table/rows.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState } from "../../../ui/states.tsx";
import type { CompareSearch } from "../model/compare-search.ts";
import { type Flip, flipsOf, KIND_WORDS } from "../model/flips.ts";
import { useOpenFlip } from "../model/use-open-flip.ts";
import styles from "./comparison.module.css";
import { Differences } from "./differences.tsx";
import { FlipPane } from "./flip-pane.tsx";
import { Numbers } from "./numbers.tsx";

interface ComparisonProps {
  comparison: ScanComparison;
  found: ScannerComparison;
  names: readonly [string, string];
  search: CompareSearch;
  onChange: (change: CompareSearch) => void;
}

/** What a scanner said in A and in B: the flips first, with what both say about each. */
export function Comparison({ comparison, found, names, search, onChange }: ComparisonProps) {
  const flips = flipsOf(found);
  const flip = flips.find(({ key }) => key === search.flip);
  const open = useOpenFlip(search);
  const isSame = search.a === search.b;
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
          <FlipPane key={flip.key} flip={flip} found={found} names={names} search={search} onOpen={open} />
        )
      }
    >
      <Numbers found={found} names={names} />
      <Differences comparison={comparison} found={found} isSame={isSame} />
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
          onOpen={open}
        />
      )}
    </SplitPane>
  );
}

const COLUMNS: readonly Column<Flip>[] = [
  {
    id: "values",
    name: "A → B",
    width: 132,
    cell: ({ first, second }) => (
      <b>
        <InertText text={words(first.value)} /> → <InertText text={words(second.value)} />
      </b>
    ),
  },
  { id: "kind", name: "What", width: 132, cell: ({ kind }) => KIND_WORDS[kind] },
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
  {
    id: "first",
    name: "A says",
    width: 160,
    grows: true,
    cell: ({ first }) => <InertText text={(first.explanation ?? "").slice(0, 300)} />,
  },
  {
    id: "second",
    name: "B says",
    width: 160,
    grows: true,
    cell: ({ second }) => <InertText text={(second.explanation ?? "").slice(0, 300)} />,
  },
];

function words(value: unknown): string {
  return typeof value === "boolean" ? (value ? "yes" : "no") : formatValue(value, 24);
}
