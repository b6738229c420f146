import { type ReactNode, useRef, useState } from "react";
import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Popover } from "../../../ui/popover.tsx";
import { readTest, type Test, writeTest } from "../model/conditions.ts";
import { testWords } from "../model/filter-words.ts";
import { useFacetsShown } from "../model/use-facets-shown.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./filter-bar.module.css";
import { FilterEditor } from "./filter-editor.tsx";
import { SqlBox } from "./sql-box.tsx";

interface FilterBarProps {
  fields: readonly TranscriptColumn[];
  /** Why the server did not take the conditions. */
  refusal: string | null;
  /** At the right. */
  children: ReactNode;
}

/** The filters, as chips and as the SQL that they are. */
export function FilterBar({ fields, refusal, children }: FilterBarProps) {
  const { list, change } = useListAddress();
  const [isSql, setSql] = useState(false);
  const add = useRef<HTMLButtonElement>(null);
  const setWhere = (where: readonly string[]) => change({ where: where.length === 0 ? undefined : [...where] }, true);
  const [hasFacets, toggleFacets] = useFacetsShown();
  useKeys("Transcripts", [
    { keys: "b", label: hasFacets ? "Hide facets" : "Show facets", run: toggleFacets },
    { keys: "f", label: "Add a filter", run: () => add.current?.click() },
    { keys: "w", label: "Filters as SQL", run: () => setSql((was) => !was) },
    ...(list.where.length === 0 ? [] : [{ label: "Take all filters away", run: () => setWhere([]) }]),
  ]);
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <button
          type="button"
          data-kind="plain"
          aria-pressed={hasFacets}
          title={hasFacets ? "Hide facets" : "Show facets"}
          onClick={toggleFacets}
        >
          <Icon name="columns" size={14} /> Facets
        </button>
        {list.where.map((sql, at) => (
          <FilterChip
            key={sql}
            sql={sql}
            fields={fields}
            onChange={(next) => setWhere(list.where.toSpliced(at, 1, ...(next === null ? [] : [next])))}
          />
        ))}
        <Popover
          kind="plain"
          name="Add a filter"
          buttonRef={add}
          button={
            <>
              <Icon name="filter" size={14} /> Filter
            </>
          }
        >
          {(close) => (
            <FilterEditor
              fields={fields}
              onApply={(test) => {
                close();
                setWhere([...list.where, writeTest(test)]);
              }}
            />
          )}
        </Popover>
        <button
          type="button"
          data-kind="plain"
          aria-expanded={isSql}
          title="The filters as SQL"
          onClick={() => setSql(!isSql)}
        >
          SQL
        </button>
        <span className={styles.space} />
        {children}
      </div>
      {refusal !== null && !isSql && (
        <p role="alert" className={styles.refusal}>
          <Icon name="warning" size={14} /> {refusal}
        </p>
      )}
      {isSql && <SqlBox where={list.where} refusal={refusal} onApply={setWhere} onClose={() => setSql(false)} />}
    </div>
  );
}

interface FilterChipProps {
  sql: string;
  fields: readonly TranscriptColumn[];
  /** Null: it is taken away. */
  onChange: (sql: string | null) => void;
}

function FilterChip({ sql, fields, onChange }: FilterChipProps) {
  const test = readTest(sql);
  const words = test === null ? sql : testWords(test);
  return (
    <span className={styles.chip} data-sql={test === null || undefined}>
      <Popover
        kind="link"
        name={words}
        title={sql}
        button={
          <span className={styles.words}>
            <InertText text={words} />
          </span>
        }
      >
        {(close) =>
          test === null ? (
            <SqlBox
              where={[sql]}
              refusal={null}
              onApply={([next = null]) => {
                close();
                onChange(next);
              }}
              onClose={close}
            />
          ) : (
            <FilterEditor
              test={test}
              fields={fields}
              onApply={(next: Test) => {
                close();
                onChange(writeTest(next));
              }}
            />
          )
        }
      </Popover>
      <button
        type="button"
        aria-label={`Take the filter away: ${words}`}
        title="Take the filter away"
        onClick={() => onChange(null)}
      >
        <Icon name="close" size={10} />
      </button>
    </span>
  );
}
