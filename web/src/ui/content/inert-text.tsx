import { Fragment, type ReactNode } from "react";
import { type Mark, type Piece, splitByMarks } from "../../domain/marks.ts";
import styles from "./inert-text.module.css";
import { inertParts } from "./text.ts";

export interface TextProps {
  text: string;
  /** Where the text begins in the whole text that marks are about; -1: nobody knows, nothing is marked. */
  start?: number;
  marks?: readonly Mark[];
}

const NONE: readonly Mark[] = [];

/** Text that is never more than text: what acts is shown by name, what is marked is highlighted. */
export function InertText({ text, start = 0, marks = NONE }: TextProps): ReactNode {
  return splitByMarks(text, start, start < 0 ? NONE : marks).map((piece) => (
    <Fragment key={piece.start}>
      {piece.marks.length === 0 ? <Plain text={piece.text} /> : <Marked piece={piece} />}
    </Fragment>
  ));
}

function Plain({ text }: { text: string }): ReactNode {
  const parts = inertParts(text);
  if (parts.length === 1 && typeof parts[0] === "string") return parts[0];
  let place = 0;
  return parts.map((part) => {
    place += 1;
    if (typeof part === "string") return part;
    return (
      <span key={place} className={styles.unseen} title={part.title}>
        {part.glyph}
      </span>
    );
  });
}

function Marked({ piece }: { piece: Piece }) {
  const [first] = piece.marks;
  const cited = piece.marks.find((mark) => mark.kind === "cite");
  const names = [styles.mark, first === undefined ? "" : styles[first.kind], cited ? styles.cited : ""];
  return (
    <mark
      className={names.join(" ")}
      data-mark={first?.kind}
      data-colour={cited?.colour}
      title={cited?.label === undefined ? undefined : `Cited by ${cited.label}`}
    >
      <Plain text={piece.text} />
    </mark>
  );
}
