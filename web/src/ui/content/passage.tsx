import { type ReactNode, useState } from "react";
import { formatCounted } from "../../domain/format.ts";
import type { Mark } from "../../domain/marks.ts";
import { Folded } from "./folded.tsx";
import { InertText } from "./inert-text.tsx";
import styles from "./passage.module.css";

interface PassageProps {
  /** Whose words they are: `M9 · assistant`. */
  head: ReactNode;
  text: string;
  /** Words of it that are cited; none: all of it. */
  marked: readonly string[];
  isCited: boolean;
  /** Characters that are not here. */
  leftOut: number;
  colour: number;
}

const LINES = 16;

/** A message as evidence: what is cited of it is marked, what is long is folded. */
export function Passage({ head, text, marked, isCited, leftOut, colour }: PassageProps) {
  const [isOpen, setOpen] = useState(false);
  const marks = marksOf(text, marked, colour);
  return (
    <article className={styles.passage} data-cited={isCited || undefined} data-colour={colour}>
      <header>{head}</header>
      <div className={styles.text} dir="auto">
        <Folded text={text} lines={LINES} marks={marks} unloaded={0} open={isOpen} onToggle={() => setOpen(!isOpen)}>
          {(shown) => <InertText text={shown} marks={marks} />}
        </Folded>
      </div>
      {leftOut > 0 && <p className="muted">{formatCounted(leftOut, "character")} more in the transcript</p>}
    </article>
  );
}

/** Where the cited words stand: each where it is found first. */
function marksOf(text: string, words: readonly string[], colour: number): Mark[] {
  return words.flatMap((each) => {
    const start = text.indexOf(each);
    return start < 0 || each === "" ? [] : [{ start, stop: start + each.length, kind: "cite" as const, colour }];
  });
}
