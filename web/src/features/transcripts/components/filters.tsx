import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type SyntheticEvent, useId, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/drawings.tsx";
import { Field, SelectField } from "../../../ui/fields.tsx";
import { Popover } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { CopyButton } from "../../../ui/states.tsx";
import {
  joinConditions,
  OPERATORS,
  type Operator,
  readTest,
  splitCondition,
  type Test,
  testWords,
  withoutFacet,
  writeTest,
} from "../model/conditions.ts";
import { fieldName, isMetadata, readTyped, type Scalar } from "../model/fields.ts";
import { useFacetsShown, useFields, useListAddress } from "../model/use-list.ts";
import styles from "./filters.module.css";

interface FilterBarProps {
  /** Why the server did not take the conditions. */
  refusal: string | null;
  /** At the right. */
  children: ReactNode;
}

/** The filters, as chips and as the SQL that they are. */
export function FilterBar({ refusal, children }: FilterBarProps) {
  const { list, change } = useListAddress();
  const [isSql, setSql] = useState(false);
  const add = useRef<HTMLButtonElement>(null);
  const setWhere = (where: readonly string[]) => change({ where }, true);
  const [hasFacets, toggleFacets] = useFacetsShown();
  const label = hasFacets ? "Hide facets" : "Show facets";
  useKeys("Transcripts", [
    { keys: "b", label, run: toggleFacets },
    { keys: "f", label: "Add a filter", run: () => add.current?.click() },
    { keys: "w", label: "Filters as SQL", run: () => setSql((was) => !was) },
    ...(list.where.length === 0 ? [] : [{ label: "Take all filters away", run: () => setWhere([]) }]),
  ]);
  const plus = (
    <>
      <Icon name="filter" size={14} /> Filter
    </>
  );
  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <button type="button" data-kind="plain" aria-pressed={hasFacets} title={label} onClick={toggleFacets}>
          <Icon name="columns" size={14} /> Facets
        </button>
        {list.where.map((sql, at) => (
          <FilterChip key={sql} sql={sql} onChange={(next) => setWhere(list.where.toSpliced(at, 1, ...next))} />
        ))}
        <Popover kind="plain" name="Add a filter" buttonRef={add} button={plus}>
          {(close) => (
            <FilterEditor
              onApply={(sql) => {
                close();
                setWhere([...list.where, sql]);
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
      {isSql ? (
        <SqlBox where={list.where} refusal={refusal} onApply={setWhere} onClose={() => setSql(false)} />
      ) : (
        <Refusal refusal={refusal} />
      )}
    </div>
  );
}

function Refusal({ refusal, id }: { refusal: string | null; id?: string }) {
  if (refusal === null) return null;
  return (
    <p id={id} role="alert" className={styles.refusal}>
      <Icon name="warning" size={14} /> {refusal}
    </p>
  );
}

/** One filter; what `onChange` gives takes its place. */
function FilterChip({ sql, onChange }: { sql: string; onChange: (next: readonly string[]) => void }) {
  const test = readTest(sql);
  const words = test === null ? sql : testWords(test);
  const button = (
    <span className={styles.words}>
      <InertText text={words} />
    </span>
  );
  return (
    <span className={styles.chip} data-sql={test === null || undefined}>
      <Popover kind="link" name={words} title={sql} button={button}>
        {(close) => {
          const apply = (next: readonly string[]) => {
            close();
            onChange(next);
          };
          if (test !== null) return <FilterEditor test={test} onApply={(next) => apply([next])} />;
          return <SqlBox where={[sql]} refusal={null} onApply={apply} onClose={close} />;
        }}
      </Popover>
      <button
        type="button"
        aria-label={`Take the filter away: ${words}`}
        title="Take the filter away"
        onClick={() => onChange([])}
      >
        <Icon name="close" size={10} />
      </button>
    </span>
  );
}

interface SqlBoxProps {
  where: readonly string[];
  refusal: string | null;
  onApply: (where: string[]) => void;
  onClose: () => void;
}

/** Conditions as SQL, to be changed at will: each that is joined by AND is a filter of its own. */
function SqlBox({ where, refusal, onApply, onClose }: SqlBoxProps) {
  const id = useId();
  const written = joinConditions(where);
  const [draft, setDraft] = useState(written);
  const [was, setWas] = useState(written);
  if (was !== written) {
    setWas(written);
    setDraft(written);
  }
  const apply = () => onApply(splitCondition(draft));
  return (
    <div className={styles.box}>
      <textarea
        aria-label="Filters as SQL"
        aria-invalid={refusal === null ? undefined : true}
        aria-describedby={refusal === null ? undefined : id}
        className="mono"
        spellCheck={false}
        rows={Math.min(8, Math.max(2, draft.split("\n").length))}
        placeholder="model = 'name' AND message_count > 100"
        value={draft}
        // biome-ignore lint/a11y/noAutofocus: it was just opened to be written in.
        autoFocus
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            apply();
          }
          if (event.key === "Escape") onClose();
        }}
      />
      <div className={styles.actions}>
        <button type="button" data-kind="primary" disabled={draft === written && refusal === null} onClick={apply}>
          Apply <kbd>Enter</kbd>
        </button>
        <CopyButton text={draft} what="the SQL" />
      </div>
      <Refusal id={id} refusal={refusal} />
    </div>
  );
}

/** One filter: a column, how it is compared, and values, of which the server suggests those that there are. */
function FilterEditor({ test, onApply }: { test?: Test; onApply: (sql: string) => void }) {
  const { fields } = useFields();
  const [column, setColumn] = useState(test?.column ?? "task_set");
  const kind = fields.find(({ name }) => name === column)?.kind ?? null;
  const [operator, setOperator] = useState<Operator>(test?.operator ?? "is");
  const [typed, setTyped] = useState(() => (test?.values ?? []).map((value) => (value === null ? "" : String(value))));
  const [hasNone, setNone] = useState(test?.values.includes(null) === true);
  const all = Object.keys(OPERATORS) as Operator[];
  const offered = all.filter(
    (each) => OPERATORS[each].kinds.includes(kind) || (each === "between" && each === operator),
  );
  const used = offered.includes(operator) ? operator : "is";
  const isSet = used === "is" || used === "is not";
  const apply = (event: SyntheticEvent) => {
    event.preventDefault();
    const known: Scalar[] = typed.filter((text) => text !== "").map((text) => readTyped(text, kind));
    const values = isSet && hasNone ? [...known, null] : known;
    if (values.length > 0) onApply(writeTest({ column, operator: used, values }));
  };
  return (
    <form className={styles.editor} onSubmit={apply}>
      <Field label="Column">
        {(control) => (
          <select {...control} value={column} onChange={(event) => setColumn(event.target.value)}>
            {!fields.some(({ name }) => name === column) && <option value={column}>{fieldName(column)}</option>}
            <ColumnOptions isOffered={({ name, kind }) => kind !== null || name === column} />
          </select>
        )}
      </Field>
      <SelectField
        label="Test"
        value={used}
        options={offered.map((id) => ({ id, name: OPERATORS[id].name }))}
        onChange={setOperator}
      />
      <ValueFields column={column} operator={used} typed={typed} setTyped={setTyped} />
      {isSet && (
        <label className={styles.none}>
          <input type="checkbox" checked={hasNone} onChange={(event) => setNone(event.target.checked)} />
          {used === "is" ? "or has no value" : "and has a value"}
        </label>
      )}
      <button type="submit" data-kind="primary" className={styles.submit}>
        {test === undefined ? "Add the filter" : "Change the filter"}
      </button>
    </form>
  );
}

/** Fields first, then keys of metadata. */
export function ColumnOptions({ isOffered }: { isOffered: (column: TranscriptColumn) => boolean }) {
  const shown = useFields()
    .fields.filter(isOffered)
    .map(({ name }) => name);
  const optionOf = (name: string) => (
    <option key={name} value={name}>
      {fieldName(name)}
    </option>
  );
  return (
    <>
      <optgroup label="Fields">{shown.filter((name) => !isMetadata(name)).map(optionOf)}</optgroup>
      <optgroup label="Metadata">{shown.filter(isMetadata).map(optionOf)}</optgroup>
    </>
  );
}

interface ValueFieldsProps {
  column: string;
  operator: Operator;
  typed: readonly string[];
  setTyped: (typed: string[]) => void;
}

const SUGGESTED = 100;
const MOST_FIELDS = 12;

function ValueFields({ column, operator, typed, setTyped }: ValueFieldsProps) {
  const id = useId();
  const { list } = useListAddress();
  const query = { location: list.location, where: withoutFacet(list.where, column), by: [column], limit: SUGGESTED };
  const { data } = useQuery(ask("/transcripts/facets", { query }));
  const isPair = operator === "between";
  const isMany = operator === "is" || operator === "is not";
  // One field more than there are values.
  const count = Math.min(MOST_FIELDS, typed.filter((text) => text !== "").length + 1);
  const labels = isPair
    ? ["From", "To"]
    : Array.from({ length: isMany ? count : 1 }, (_, at) => (at === 0 ? "Value" : `Or value ${at + 1}`));
  return (
    <div className={styles.values}>
      {labels.map((label, at) => (
        <input
          key={label}
          type="text"
          list={id}
          aria-label={label}
          placeholder={at === 0 || isPair ? label : "or"}
          value={typed[at] ?? ""}
          onChange={(event) =>
            setTyped(labels.map((_, place) => (place === at ? event.target.value : (typed[place] ?? ""))))
          }
        />
      ))}
      <datalist id={id}>
        {data?.[0]?.values.map(({ value, count: times }) =>
          value === null || value === "" ? null : (
            <option key={String(value)} value={String(value)}>
              {times}
            </option>
          ),
        )}
      </datalist>
    </div>
  );
}
