import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type PointerEvent, useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { HistogramBin, TranscriptFacet } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/drawings.tsx";
import { chosenValue, facetTest, type Mode, type Test, withFacet, withoutFacet } from "../model/conditions.ts";
import { facetName, fieldName, formatField, type Kind, readTyped, type Scalar } from "../model/fields.ts";
import { useFields, useListAddress } from "../model/use-list.ts";
import styles from "./facets.module.css";
import { ColumnOptions } from "./filters.tsx";

const SHOWN_FIRST = ["task_set", "model", "score", "agent", "limit", "message_count", "total_tokens", "total_time"];
const VALUES = 8;
const MORE_VALUES = 100;

/** How many transcripts have which value: a click filters. Nothing is counted before the list is there. */
export function FacetPanel({ isReady }: { isReady: boolean }) {
  const { search, list, change } = useListAddress();
  const shown: readonly string[] = search.facets ?? SHOWN_FIRST;
  const [whole, setWhole] = useState<readonly string[]>([]);
  const together = shown.filter((by) => !whole.includes(by) && facetTest(list.where, by) === undefined);
  const setFacets = (next: readonly string[]) =>
    change({ facets: next.join("\n") === SHOWN_FIRST.join("\n") ? undefined : next });
  return (
    <section className={styles.panel} aria-label="Facets">
      {shown.map((by) => (
        <FacetView
          key={by}
          by={by}
          together={together}
          isReady={isReady}
          onMore={whole.includes(by) ? undefined : () => setWhole([...whole, by])}
          onRemove={() => setFacets(shown.filter((each) => each !== by))}
        />
      ))}
      <select
        aria-label="Add a facet"
        className={styles.add}
        value=""
        onChange={(event) => setFacets([...shown, event.target.value])}
      >
        <option value="">Add a facet ...</option>
        <ColumnOptions isOffered={({ name, kind }) => !shown.includes(name) && isCounted(kind)} />
      </select>
    </section>
  );
}

function isCounted(kind: Kind): boolean {
  return kind !== null && kind !== "object" && kind !== "list";
}

interface FacetViewProps {
  by: string;
  /** All that are counted by in one request: but for those of which more is wanted, and those that filter. */
  together: readonly string[];
  isReady: boolean;
  /** Undefined: all values are there that are ever listed. */
  onMore: (() => void) | undefined;
  onRemove: () => void;
}

/** Fewer different numbers than these are listed one by one. */
const FEW_NUMBERS = 8;
/** Of these no two transcripts have the same, so that a list of them says nothing. */
const MEASURES = ["total_time", "working_time", "total_tokens"];

/** One column: its values with their counts, or numbers as a histogram. */
function FacetView({ by, together, isReady, onMore, onRemove }: FacetViewProps) {
  const { list, change } = useListAddress();
  const kind = useFields().fields.find(({ name }) => name === by)?.kind ?? null;
  const test = facetTest(list.where, by)?.test;
  const isAlone = !together.includes(by);
  const { data: facet, error } = useQuery({
    ...ask("/transcripts/facets", {
      query: {
        location: list.location,
        by: isAlone ? [by] : together,
        // One that filters counts what there would be without.
        where: isAlone ? withoutFacet(list.where, by) : list.where,
        limit: onMore === undefined ? MORE_VALUES : VALUES,
      },
    }),
    enabled: isReady,
    select: (facets) => facets.find((each) => each.by === by),
    placeholderData: keepPreviousData,
  });
  const setWhere = (where: string[]) => change({ where }, true);
  // The value that all have, where there is no choice.
  const only = facet !== undefined && test === undefined && facet.distinct <= 1 ? facet.values[0]?.value : undefined;
  const bins = facet?.histogram ?? [];
  const isHistogram = bins.length > 0 && (MEASURES.includes(by) || (facet?.distinct ?? 0) > FEW_NUMBERS);
  return (
    <section className={styles.facet} aria-label={fieldName(by)}>
      <h2 className={styles.head}>
        <span title={by}>{fieldName(by)}</span>
        {only !== undefined && (
          <span className={styles.only} title="All have this value">
            <InertText text={facetName(by, scalarOf(only, kind))} />
          </span>
        )}
        <button
          type="button"
          data-kind="plain"
          className={styles.remove}
          aria-label={`Take the facet ${fieldName(by)} away`}
          title="Take the facet away"
          onClick={onRemove}
        >
          <Icon name="close" size={10} />
        </button>
      </h2>
      {error !== null && <p className={styles.problem}>{error.message}</p>}
      {only === undefined && isHistogram && (
        <Histogram
          by={by}
          bins={bins}
          test={test}
          onChoose={(values) => setWhere(withFacet(list.where, { column: by, operator: "between", values }))}
        />
      )}
      {only === undefined && !isHistogram && facet !== undefined && (
        <FacetValues
          kind={kind}
          facet={facet}
          test={test}
          onMore={onMore}
          onChoose={(value, mode) => setWhere(chosenValue(list.where, by, value, mode))}
        />
      )}
    </section>
  );
}

interface FacetValuesProps {
  kind: Kind;
  facet: TranscriptFacet;
  test: Test | undefined;
  onMore: (() => void) | undefined;
  onChoose: (value: Scalar, mode: Mode) => void;
}

function FacetValues({ kind, facet: { by, values, others, distinct }, test, onMore, onChoose }: FacetValuesProps) {
  const most = values[0]?.count ?? 0;
  return (
    <ul>
      {values.map(({ value, count }) => {
        const scalar = scalarOf(value, kind);
        const name = facetName(by, scalar);
        // A range of numbers names its ends only.
        const mode = test?.operator !== "between" && test?.values.includes(scalar) ? test.operator : undefined;
        return (
          <li key={JSON.stringify(value)} className={styles.value} data-mode={mode}>
            <button
              type="button"
              className={`${styles.part} ${styles.name}`}
              aria-pressed={mode === "is"}
              title={`Only ${name}`}
              onClick={() => onChoose(scalar, "is")}
            >
              {mode !== undefined && <Icon name={mode === "is" ? "check" : "close"} size={12} />}
              <span className={scalar === null || scalar === "" ? "muted" : undefined}>
                <InertText text={name} />
              </span>
            </button>
            <button
              type="button"
              className={`${styles.part} ${styles.bar}`}
              aria-pressed={mode === "is not"}
              aria-label={`${formatCount(count)}: leave out ${name}`}
              title={`Leave out ${name}`}
              onClick={() => onChoose(scalar, "is not")}
            >
              <span className={styles.count}>{formatCount(count)}</span>
              <span className={styles.share} style={{ width: `${most === 0 ? 0 : (100 * count) / most}%` }} />
            </button>
          </li>
        );
      })}
      {others > 0 && (
        <li className={styles.rest}>
          {onMore !== undefined && (
            <button type="button" data-kind="link" className={styles.more} onClick={onMore}>
              more values
            </button>
          )}
          <span className="muted">
            {formatCounted(others, "transcript")} with one of {formatCount(distinct - values.length)} rarer
          </span>
        </li>
      )}
    </ul>
  );
}

/** Keys of metadata are counted as texts; conditions compare by the type of what is written. */
function scalarOf(value: unknown, kind: Kind): Scalar {
  if (typeof value === "string") return value === "" ? value : readTyped(value, kind);
  return typeof value === "number" || typeof value === "boolean" || value === null ? value : JSON.stringify(value);
}

interface HistogramProps {
  by: string;
  bins: readonly HistogramBin[];
  test: Test | undefined;
  /** The ends of a range; none: it is taken back. */
  onChoose: (range: readonly number[]) => void;
}

/** Numbers by ranges: a click or a drag over bars filters, and so do the two fields. */
function Histogram({ by, bins, test, onChoose }: HistogramProps) {
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const ends = (from: number, to: number): [number, number] => [
    tidy(bins[Math.min(from, to)]?.start ?? 0, Math.floor),
    tidy(bins[Math.max(from, to)]?.stop ?? 0, Math.ceil),
  ];
  const [least, most] = ends(0, bins.length - 1);
  const highest = Math.max(...bins.map(({ count }) => count));
  const chosen = test?.operator === "between" ? test.values.map(Number) : [];
  const [low = Number.NaN, high = Number.NaN] = drag === null ? chosen : ends(...drag);
  const barAt = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(bins.length - 1, Math.floor(((event.clientX - left) / width) * bins.length)));
  };
  const submit = (given: FormData) => {
    const [from, to] = ["low", "high"].map((name) => Number(given.get(name) || Number.NaN)) as [number, number];
    const range = [Number.isNaN(from) ? least : from, Number.isNaN(to) ? most : to];
    onChoose(Number.isNaN(from) && Number.isNaN(to) ? [] : range);
  };
  const field = { type: "text", inputMode: "decimal" } as const;
  return (
    <div className={styles.histogram}>
      <div
        aria-hidden="true"
        className={styles.bars}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag([barAt(event), barAt(event)]);
        }}
        onPointerMove={(event) => drag !== null && setDrag([drag[0], barAt(event)])}
        onPointerUp={() => {
          if (drag !== null) onChoose(ends(...drag));
          setDrag(null);
        }}
        onPointerCancel={() => setDrag(null)}
      >
        {bins.map(({ start, stop, count }) => (
          <span
            key={start}
            title={`${formatField(by, start)} to ${formatField(by, stop)}: ${formatCount(count)}`}
            data-in={stop > low && start < high ? "" : undefined}
            style={{ height: `${count === 0 ? 0 : Math.max(4, (100 * count) / highest)}%` }}
          />
        ))}
      </div>
      <form key={chosen.join(" ")} className={styles.fields} action={submit}>
        <input {...field} name="low" aria-label="At least" defaultValue={chosen[0]} placeholder={String(least)} />
        <span className="muted">to</span>
        <input {...field} name="high" aria-label="At most" defaultValue={chosen[1]} placeholder={String(most)} />
        <button type="submit" className="unseen">
          Filter by the range
        </button>
        {chosen.length > 0 && (
          <button type="button" data-kind="link" onClick={() => onChoose([])}>
            all
          </button>
        )}
      </form>
    </div>
  );
}

/** Three digits are enough for an end of a range; it is moved outwards, so that nothing gets lost. */
function tidy(value: number, round: (value: number) => number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
  return Number((round(value / unit) * unit).toPrecision(12));
}
