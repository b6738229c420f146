/** What panes of evidence are made of: what is said of a result, the passages that are cited, and what goes on from there. */

import { lazy, type ReactNode, Suspense } from "react";
import type { EvidencePassage } from "../../../api/generated/types.gen.ts";
import { explanationParts } from "../../../domain/citations.ts";
import type { Mark } from "../../../domain/marks.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/output.tsx";
import { Icon, Keys } from "../../../ui/drawings.tsx";
import styles from "./evidence-parts.module.css";

const Markdown = lazy(async () => ({ default: (await import("../../../ui/content/markdown.tsx")).Markdown }));

/** An explanation as Markdown, in which what it cites is marked. */
export function ExplanationText({ text, colour }: { text: string; colour: number }) {
  const marks = explanationParts(text).flatMap(({ start, text: part, cite }): Mark[] =>
    cite === null ? [] : [{ start, stop: start + part.length, kind: "cite", colour }],
  );
  return (
    <Suspense fallback={<InertText text={text} marks={marks} />}>
      <Markdown text={text} marks={marks} />
    </Suspense>
  );
}

interface PassagesProps<Shown extends EvidencePassage> {
  passages: readonly Shown[];
  remarks: readonly string[];
  colourOf: (passage: Shown) => number;
  /** What stands beside the name of a passage. */
  noteOf?: (passage: Shown) => string;
  onOpen: (message: number) => void;
}

/** Messages that are cited, and what is to be said of them. */
export function Passages<Shown extends EvidencePassage>(props: PassagesProps<Shown>) {
  const { passages, remarks, colourOf, noteOf, onOpen } = props;
  return (
    <>
      {remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          <Icon name="warning" size={12} /> {remark}
        </p>
      ))}
      {passages.map((passage) => (
        <div key={passage.id} id={`passage-${passage.id}`}>
          <Passage
            head={
              <>
                <button
                  type="button"
                  data-kind="link"
                  title="Open the transcript here"
                  onClick={() => onOpen(passage.number)}
                >
                  M{passage.number} · {passage.role}
                </button>
                {noteOf?.(passage)}
              </>
            }
            text={passage.text}
            marked={passage.marked}
            isCited={passage.cited}
            leftOut={passage.characters_left_out}
            colour={colourOf(passage)}
          />
        </div>
      ))}
    </>
  );
}

interface PaneKeysProps {
  /** What the arrows walk through: "results". */
  name: string;
  onOpen: () => void;
  children?: ReactNode;
}

/** What can be done from a pane, and the keys that do it. */
export function PaneKeys({ name, onOpen, children }: PaneKeysProps) {
  return (
    <p className={styles.keys}>
      <button type="button" onClick={onOpen}>
        Open transcript <Keys keys="Enter" />
      </button>
      <span>
        <Keys keys="ArrowUp" /> <Keys keys="ArrowDown" /> {name}
      </span>
      <span>
        <Keys keys="Space" /> close
      </span>
      {children}
    </p>
  );
}
