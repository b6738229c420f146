import { useRef, useState } from "react";
import { SearchField } from "../../../ui/field.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./find-bar.module.css";

const TOGGLES = [
  { name: "case", sign: "Aa", label: "Capital letters matter" },
  { name: "word", sign: "ab|", label: "Whole words only" },
  { name: "regex", sign: ".*", label: "Regular expression" },
] as const;

/** Where the text is typed that is looked for in all transcripts. */
export function FindField() {
  const { search, change } = useListAddress();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(search.q ?? "");
  const [was, setWas] = useState(search.q);
  if (was !== search.q) {
    setWas(search.q);
    setTyped(search.q ?? "");
  }
  const find = (q: string) => change({ q: q === "" ? undefined : q }, search.q === undefined);
  useKeys("Transcripts", [
    {
      keys: ["/", "Mod+f"],
      label: "Find a text in all transcripts",
      run: () => {
        field.current?.focus();
        field.current?.select();
      },
    },
    ...(search.q === undefined ? [] : [{ label: "Leave the search", run: () => find("") }]),
  ]);
  return (
    <search className={styles.field}>
      <SearchField
        ref={field}
        name="Find a text in all transcripts"
        placeholder="Find a text in all transcripts"
        value={typed}
        onChange={(text) => {
          setTyped(text);
          if (text === "" && search.q !== undefined) find("");
        }}
        onEnter={() => {
          find(typed);
          field.current?.blur();
        }}
      />
      {TOGGLES.map(({ name, sign, label }) => (
        <button
          key={name}
          type="button"
          data-kind="plain"
          title={label}
          aria-pressed={search[name] === true}
          className={styles.toggle}
          onClick={() => change({ [name]: search[name] === true ? undefined : true })}
        >
          <span aria-hidden="true">{sign}</span>
          <span className="unseen">{label}</span>
        </button>
      ))}
    </search>
  );
}
