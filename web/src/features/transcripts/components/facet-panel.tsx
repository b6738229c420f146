import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { TranscriptColumn, TranscriptFacet } from "../../../api/generated/types.gen.ts";
import { facetsQuery } from "../api/read-facets.ts";
import { facetTest, withoutFacet } from "../model/facet-choice.ts";
import type { ListAddress } from "../model/links.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./facet-panel.module.css";
import { FacetView } from "./facet-view.tsx";
import { ColumnOptions } from "./filter-editor.tsx";

const SHOWN_FIRST = [
  "task_set",
  "model",
  "score",
  "agent",
  "limit",
  "message_count",
  "total_tokens",
  "total_time",
] as const;
const VALUES = 8;
const MORE_VALUES = 100;

interface FacetPanelProps {
  fields: readonly TranscriptColumn[];
  /** The list is there: nothing is counted before. */
  isReady: boolean;
}

/** How many transcripts have which value: a click filters. */
export function FacetPanel({ fields, isReady }: FacetPanelProps) {
  const { search, list, change } = useListAddress();
  const shown: readonly string[] = search.facets ?? SHOWN_FIRST;
  const [whole, setWhole] = useState<readonly string[]>([]);
  const facets = useFacets(list, shown, whole, isReady);
  const setFacets = (next: readonly string[]) =>
    change({ facets: next.join("\n") === SHOWN_FIRST.join("\n") ? undefined : [...next] });
  return (
    <section className={styles.panel} aria-label="Facets">
      {shown.map((by) => (
        <FacetView
          key={by}
          by={by}
          kind={fields.find(({ name }) => name === by)?.kind ?? null}
          facet={facets.get(by)}
          isWhole={whole.includes(by)}
          onWhole={() => setWhole([...whole, by])}
          onRemove={() => setFacets(shown.filter((each) => each !== by))}
        />
      ))}
      <select
        aria-label="Add a facet"
        className={styles.add}
        value=""
        onChange={(event) => setFacets([...shown.filter((each) => each !== event.target.value), event.target.value])}
      >
        <option value="">Add a facet ...</option>
        <ColumnOptions
          fields={fields.filter(({ name, kind }) => !shown.includes(name) && kind !== "object" && kind !== "list")}
          chosen=""
        />
      </select>
    </section>
  );
}

/**
 * Count by all columns at once, but for those of which more is wanted, and those that filter: these count what there
 * would be without.
 */
function useFacets(
  { location, where }: ListAddress,
  shown: readonly string[],
  whole: readonly string[],
  isReady: boolean,
): ReadonlyMap<string, TranscriptFacet | Error> {
  const asked = useMemo(() => {
    const own = shown.filter((by) => whole.includes(by) || facetTest(where, by) !== undefined);
    const plain = shown.filter((by) => !own.includes(by));
    return [
      { by: plain, where, limit: VALUES },
      ...own.map((by) => ({
        by: [by],
        where: withoutFacet(where, by),
        limit: whole.includes(by) ? MORE_VALUES : VALUES,
      })),
    ].filter(({ by }) => by.length > 0);
  }, [shown, where, whole]);
  return useQueries({
    queries: asked.map((each) => ({
      ...facetsQuery({ location, ...each }),
      enabled: isReady,
      placeholderData: (before: TranscriptFacet[] | undefined) => before,
    })),
    combine: (results) =>
      new Map(
        results.flatMap((result, at) =>
          (asked[at]?.by ?? []).flatMap((by) => {
            const facet = result.data?.find((each) => each.by === by);
            const found = result.error ?? facet;
            return found === undefined ? [] : [[by, found] as const];
          }),
        ),
      ),
  });
}
