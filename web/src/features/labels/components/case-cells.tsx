import { useState } from "react";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { type Case, type Fields, labelOf, labelWords, parseLabel, textOf } from "../model/cases.ts";
import styles from "./case-cells.module.css";

interface CellProps {
  row: Case;
  /** Write the case with other fields. */
  put: (row: Case, fields: Fields) => void;
}

/** The label of a case, changed in its place: y, n, a number, a text, null. */
export function LabelCell({ row, put }: CellProps) {
  const label = labelOf(row.fields);
  const isPlain = label === undefined || label === null || typeof label !== "object";
  if (!isPlain) return <InertText text={labelWords(label)} />;
  return (
    <Editable
      name="Label"
      text={labelWords(label)}
      tone={typeof label === "boolean" ? String(label) : undefined}
      save={(text) => text !== "" && put(row, { ...row.fields, target: parseLabel(text) })}
    />
  );
}

/** A text of a case, changed in its place; without any text the field is taken out. */
export function TextCell({ row, put, name, list }: CellProps & { name: "split" | "comment"; list?: string }) {
  return (
    <Editable
      name={name === "split" ? "Split" : "Comment"}
      text={textOf(row.fields[name])}
      list={list}
      save={(text) => {
        const { [name]: _, ...rest } = row.fields;
        put(row, text === "" ? rest : { ...rest, [name]: text });
      }}
    />
  );
}

interface EditableProps {
  name: string;
  text: string;
  tone?: string | undefined;
  list?: string | undefined;
  save: (text: string) => void;
}

function Editable({ name, text, tone, list, save }: EditableProps) {
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) {
    return (
      <button
        type="button"
        className={styles.cell}
        data-tone={tone}
        aria-label={`${name}: ${text || "none"}. Change it`}
        onClick={() => setTyped(text)}
      >
        {text === "" ? <span className="muted">-</span> : <InertText text={text} />}
      </button>
    );
  }
  const leave = (keeps: boolean) => {
    if (keeps && typed.trim() !== text) save(typed.trim());
    setTyped(null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it stands where the button was that opened it.
      autoFocus
      type="text"
      aria-label={name}
      className={styles.input}
      value={typed}
      list={list}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => leave(true)}
      onKeyDown={(event) => {
        if (event.key === "Enter") leave(true);
        if (event.key === "Escape") leave(false);
      }}
    />
  );
}
