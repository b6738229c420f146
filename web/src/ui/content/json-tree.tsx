import { useState } from "react";
import { InertText } from "./inert-text.tsx";
import type { Json } from "./json-text.ts";
import styles from "./json-tree.module.css";

/** Entries that are shown at once; more on request. */
const SHOWN = 30;
/** Levels that are open at first. */
const OPEN = 2;
const FOLDED_TEXT = 300;

/** JSON as a tree whose branches open and close. */
export function JsonTree({ value, depth = 0 }: { value: Json; depth?: number }) {
  if (typeof value === "object" && value !== null) return <Branch value={value} depth={depth} />;
  return <Leaf value={value} />;
}

function Branch({ value, depth }: { value: Json[] | { [key: string]: Json }; depth: number }) {
  const entries = Object.entries(value);
  const [open, setOpen] = useState(depth < OPEN && entries.length <= SHOWN);
  const [shown, setShown] = useState(SHOWN);
  const list = Array.isArray(value);
  if (entries.length === 0) return <span className={styles.empty}>{list ? "[]" : "{}"}</span>;
  const summary = list ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? "▾" : "▸"} {summary}
      </button>
      {open ? (
        <ul className={styles.branch}>
          {entries.slice(0, shown).map(([key, each]) => (
            <li key={key}>
              <span className={styles.key}>
                <InertText text={key} />
              </span>{" "}
              <JsonTree value={each} depth={depth + 1} />
            </li>
          ))}
          {entries.length > shown ? (
            <li>
              <button type="button" className={styles.toggle} onClick={() => setShown(shown + 200)}>
                {entries.length - shown} more
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </>
  );
}

function Leaf({ value }: { value: null | boolean | number | string }) {
  const [open, setOpen] = useState(false);
  if (typeof value !== "string") return <span className={styles.literal}>{String(value)}</span>;
  const folded = !open && value.length > FOLDED_TEXT;
  return (
    <span className={styles.string}>
      <InertText text={folded ? value.slice(0, FOLDED_TEXT) : value} />
      {folded ? (
        <button type="button" className={styles.toggle} onClick={() => setOpen(true)}>
          {(value.length - FOLDED_TEXT).toLocaleString("en")} more characters
        </button>
      ) : null}
    </span>
  );
}
