import type { TranscriptFacet } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/icon.tsx";
import type { Scalar } from "../model/conditions.ts";
import { chosenRange, chosenValue, facetTest, type Mode } from "../model/facet-choice.ts";
import { facetName, fieldName, type Kind, readTyped } from "../model/fields.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./facet-view.module.css";
import { Histogram } from "./histogram.tsx";

interface FacetViewProps {
  by: string;
  kind: Kind;
  facet: TranscriptFacet | Error | undefined;
  /** All values are there that are ever listed. */
  isWhole: boolean;
  onWhole: () => void;
  onRemove: () => void;
}

/** Fewer different numbers than these are listed one by one. */
const FEW_NUMBERS = 8;
/** Of these no two transcripts have the same, so that a list of them says nothing. */
const MEASURES = ["total_time", "working_time", "total_tokens"];

/** One column: its values with their counts, or numbers as a histogram. */
export function FacetView(props: FacetViewProps) {
  const { by, kind, facet, onRemove } = props;
  const { list } = useListAddress();
  const only = onlyValue(facet, facetTest(list.where, by) !== undefined);
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
      {facet instanceof Error ? (
        <p className={styles.problem}>{facet.message}</p>
      ) : (
        facet !== undefined && only === undefined && <FacetBody {...props} facet={facet} />
      )}
    </section>
  );
}

/** The value that all have, where there is no choice; undefined: there is one. */
function onlyValue(facet: TranscriptFacet | Error | undefined, isFiltered: boolean): unknown {
  if (facet === undefined || facet instanceof Error || isFiltered || facet.distinct > 1) return undefined;
  return facet.values[0]?.value;
}

interface FacetBodyProps extends FacetViewProps {
  facet: TranscriptFacet;
}

function FacetBody({ by, kind, facet, isWhole, onWhole }: FacetBodyProps) {
  const { list, change } = useListAddress();
  const setWhere = (where: string[]) => change({ where: where.length === 0 ? undefined : where }, true);
  const histogram = facet.histogram ?? [];
  const isMeasure = MEASURES.includes(by);
  if (histogram.length > 0 && (isMeasure || facet.distinct > FEW_NUMBERS)) {
    const test = facetTest(list.where, by)?.test;
    const [low, high] = test?.operator === "between" ? test.values : [];
    return (
      <Histogram
        by={by}
        bins={histogram}
        chosen={typeof low === "number" && typeof high === "number" ? [low, high] : null}
        onChoose={(range) => setWhere(chosenRange(list.where, by, range))}
      />
    );
  }
  return (
    <FacetValues
      by={by}
      kind={kind}
      facet={facet}
      onMore={isWhole ? undefined : onWhole}
      onChoose={(value, mode) => setWhere(chosenValue(list.where, by, value, mode))}
    />
  );
}

interface FacetValuesProps {
  by: string;
  kind: Kind;
  facet: TranscriptFacet;
  /** Undefined: there are no more to be listed. */
  onMore: (() => void) | undefined;
  onChoose: (value: Scalar, mode: Mode) => void;
}

function FacetValues({ by, kind, facet, onMore, onChoose }: FacetValuesProps) {
  const { list } = useListAddress();
  const test = facetTest(list.where, by)?.test;
  // A range of numbers names its ends only.
  const isChoice = test !== undefined && test.operator !== "between";
  const most = facet.values[0]?.count ?? 0;
  return (
    <ul>
      {facet.values.map(({ value, count }) => {
        const scalar = scalarOf(value, kind);
        const name = facetName(by, scalar);
        const mode = isChoice && test.values.includes(scalar) ? test.operator : undefined;
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
      {facet.others > 0 && (
        <li className={styles.rest}>
          {onMore !== undefined && (
            <button type="button" data-kind="link" className={styles.more} onClick={onMore}>
              more values
            </button>
          )}
          <span className="muted">
            {formatCounted(facet.others, "transcript")} with one of {formatCount(facet.distinct - facet.values.length)}{" "}
            rarer
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
