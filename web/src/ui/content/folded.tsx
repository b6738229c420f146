import type { ReactNode } from "react";
import { anyMarked, type Mark } from "../../domain/marks.ts";
import styles from "./folded.module.css";
import { foldText, moreWords } from "./folding.ts";
import type { TextProps } from "./inert-text.tsx";

interface FoldedProps extends TextProps {
  /** Lines that are shown while it is folded. */
  lines: number;
  /** Characters behind the text that are not loaded. */
  unloaded: number;
  open: boolean;
  /** Whether the rest is on its way. */
  loading?: boolean;
  onToggle: () => void;
  children: (shown: string) => ReactNode;
}

/** A long text of which the beginning is shown, with how much more there is. What is marked in the rest opens it. */
export function Folded({ text, start = 0, marks = [], children, ...folding }: FoldedProps) {
  const { lines, unloaded, open, loading = false, onToggle } = folding;
  const folded = foldText(text, lines);
  const opened = open || hidesMark(marks, start, folded.shown.length, text.length + unloaded);
  const isLong = folded.characters > 0 || unloaded > 0;
  return (
    <>
      {children(opened ? text : folded.shown)}
      {isLong ? (
        <div className={styles.bar}>
          <button type="button" aria-expanded={opened} onClick={onToggle}>
            {words(opened, folded.lines, folded.characters, unloaded, loading)}
          </button>
          {opened ? null : <kbd>o</kbd>}
        </div>
      ) : null}
    </>
  );
}

/** Citations open only what they are in themselves; hits of a search open whatever hides them. */
function hidesMark(marks: readonly Mark[], start: number, shown: number, all: number): boolean {
  return start >= 0 && anyMarked(marks, start + shown, start + all);
}

function words(open: boolean, lines: number, characters: number, unloaded: number, loading: boolean): string {
  if (loading) return "Loading …";
  if (!open) {
    return unloaded > 0 ? `${moreWords(0, characters + unloaded)} · open` : `${moreWords(lines, characters)} · open`;
  }
  return unloaded > 0 ? `${moreWords(0, unloaded)} · load more` : "fold";
}
