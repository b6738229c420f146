import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useId, useState } from "react";
import type { TranscriptColumn } from "../../../api/generated/types.gen.ts";
import { Field } from "../../../ui/field.tsx";
import { facetsQuery } from "../api/read-facets.ts";
import type { Operator, Scalar, Test } from "../model/conditions.ts";
import { withoutFacet } from "../model/facet-choice.ts";
import { fieldName, isMetadata, type Kind, readTyped } from "../model/fields.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./filter-editor.module.css";

const OPERATORS: readonly { operator: Operator; name: string; kinds: readonly Kind[] }[] = [
  { operator: "is", name: "is", kinds: ["text", "number", "boolean", null] },
  { operator: "is not", name: "is not", kinds: ["text", "number", "boolean", null] },
  { operator: "contains", name: "contains", kinds: ["text", "object", "list", null] },
  { operator: "lacks", name: "does not contain", kinds: ["text", "object", "list", null] },
  { operator: "from", name: "at least", kinds: ["number", "text", null] },
  { operator: "to", name: "at most", kinds: ["number", "text", null] },
  { operator: "above", name: "more than", kinds: ["number", null] },
  { operator: "below", name: "less than", kinds: ["number", null] },
];

interface FilterEditorProps {
  fields: readonly TranscriptColumn[];
  test?: Test;
  onApply: (test: Test) => void;
}

/** One filter: a column, how it is compared, and values, of which the server suggests those that there are. */
export function FilterEditor({ fields, test, onApply }: FilterEditorProps) {
  const [column, setColumn] = useState(test?.column ?? "task_set");
  const kind = fields.find(({ name }) => name === column)?.kind ?? null;
  const [operator, setOperator] = useState<Operator>(test?.operator ?? "is");
  const [typed, setTyped] = useState(() => (test?.values ?? []).map((value) => (value === null ? "" : String(value))));
  const [hasNone, setNone] = useState(test?.values.includes(null) === true);
  const allowed = OPERATORS.filter(({ kinds }) => kinds.includes(kind));
  const used = operator === "between" || allowed.some((each) => each.operator === operator) ? operator : "is";
  const isSet = used === "is" || used === "is not";
  const apply = (event: SyntheticEvent) => {
    event.preventDefault();
    const known: Scalar[] = typed.filter((text) => text !== "").map((text) => readTyped(text, kind));
    const values = isSet && hasNone ? [...known, null] : known;
    if (values.length > 0) onApply({ column, operator: used, values });
  };
  return (
    <form className={styles.editor} onSubmit={apply}>
      <Field label="Column">
        {(control) => (
          <select {...control} value={column} onChange={(event) => setColumn(event.target.value)}>
            <ColumnOptions fields={fields} chosen={column} />
          </select>
        )}
      </Field>
      <Field label="Test">
        {(control) => (
          <select {...control} value={used} onChange={(event) => setOperator(event.target.value as Operator)}>
            {allowed.map((each) => (
              <option key={each.operator} value={each.operator}>
                {each.name}
              </option>
            ))}
            {used === "between" && <option value="between">between</option>}
          </select>
        )}
      </Field>
      <ValueFields {...{ column, typed, setTyped }} isMany={isSet} isPair={used === "between"} />
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
export function ColumnOptions({ fields, chosen }: { fields: readonly TranscriptColumn[]; chosen: string }) {
  const known = fields.some(({ name }) => name === chosen) || chosen === "";
  const shown = fields.filter(({ name, kind }) => kind !== null || name === chosen);
  const group = (own: boolean) =>
    shown
      .filter(({ name }) => isMetadata(name) !== own)
      .map(({ name }) => (
        <option key={name} value={name}>
          {fieldName(name)}
        </option>
      ));
  return (
    <>
      {!known && <option value={chosen}>{fieldName(chosen)}</option>}
      <optgroup label="Fields">{group(true)}</optgroup>
      <optgroup label="Metadata">{group(false)}</optgroup>
    </>
  );
}

interface ValueFieldsProps {
  column: string;
  typed: readonly string[];
  setTyped: (typed: string[]) => void;
  /** One field more than there are values. */
  isMany: boolean;
  isPair: boolean;
}

const SUGGESTED = 100;
const MOST_FIELDS = 12;

function ValueFields({ column, typed, setTyped, isMany, isPair }: ValueFieldsProps) {
  const id = useId();
  const { list } = useListAddress();
  const where = withoutFacet(list.where, column);
  const found = useQuery(facetsQuery({ location: list.location, where, by: [column], limit: SUGGESTED }));
  const given = typed.filter((text) => text !== "").length;
  const count = isPair ? 2 : isMany ? Math.min(MOST_FIELDS, given + 1) : 1;
  const names = isPair ? ["From", "To"] : ["Value"];
  return (
    <div className={styles.values}>
      {Array.from({ length: count }, (_, at) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: fields stand in a fixed order.
          key={at}
          type="text"
          list={id}
          aria-label={names[at] ?? `Or value ${at + 1}`}
          placeholder={at === 0 ? (names[0] ?? "") : (names[at] ?? "or")}
          value={typed[at] ?? ""}
          onChange={(event) =>
            setTyped(
              Array.from({ length: count }, (__, place) => (place === at ? event.target.value : (typed[place] ?? ""))),
            )
          }
        />
      ))}
      <datalist id={id}>
        {found.data?.[0]?.values.map(({ value, count: times }) =>
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
