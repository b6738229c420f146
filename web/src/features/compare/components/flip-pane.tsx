import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { EvidenceItem, ScannerComparison, VerdictItem } from "../../../api/generated/types.gen.ts";
import { formatValue, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/passage.tsx";
import { Keys } from "../../../ui/keyboard/keys.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { citedQuery } from "../api/read-cited.ts";
import { bothCited } from "../model/both-cited.ts";
import type { CompareSearch } from "../model/compare-search.ts";
import type { Flip } from "../model/flips.ts";
import styles from "./flip-pane.module.css";

const Markdown = lazy(async () => ({ default: (await import("../../../ui/content/markdown.tsx")).Markdown }));

interface FlipPaneProps {
  flip: Flip;
  found: ScannerComparison;
  names: readonly [string, string];
  search: CompareSearch;
  onOpen: (flip: Flip, message?: number) => void;
}

/** What both say of one input, and what both cite, in one transcript. */
export function FlipPane({ flip, found, names, search, onOpen }: FlipPaneProps) {
  const at = { scans: search.scans, transcriptId: flip.transcript_id };
  const first = useQuery(citedQuery({ ...at, scanId: search.a ?? "", scanner: found.scanner }));
  const second = useQuery(citedQuery({ ...at, scanId: search.b ?? "", scanner: found.second_scanner }));
  const error = first.error ?? second.error;
  const isHere = first.data !== undefined && second.data !== undefined;
  return (
    <section aria-label="Both verdicts" className={styles.pane}>
      <h2>
        <InertText text={flip.task_id ?? flip.transcript_id} />
      </h2>
      <div className={styles.both}>
        <Side name="A" what={names[0]} said={flip.first} colour={1} />
        <Side name="B" what={names[1]} said={flip.second} colour={2} />
      </div>
      {error !== null && <ErrorState error={error} title="What they cite could not be read." />}
      {!isHere && error === null && <Skeleton lines={4} />}
      {isHere && <Cited flip={flip} first={first.data} second={second.data} onOpen={onOpen} />}
      <p className={styles.keys}>
        <button type="button" onClick={() => onOpen(flip)}>
          Open transcript <Keys keys="Enter" />
        </button>
        <span>
          <Keys keys="ArrowUp" /> <Keys keys="ArrowDown" /> flips
        </span>
        <span>
          <Keys keys="Space" /> close
        </span>
      </p>
    </section>
  );
}

interface SideProps {
  name: string;
  what: string;
  said: VerdictItem;
  colour: number;
}

function Side({ name, what, said, colour }: SideProps) {
  const explanation = said.explanation ?? "";
  const value = typeof said.value === "boolean" ? (said.value ? "yes" : "no") : formatValue(said.value, 80);
  return (
    <article className={styles.side}>
      <header>
        <b>{name}</b> <span className="muted">{what}</span>
      </header>
      <p className={styles.value}>
        <VerdictDot verdict={verdictOf(said.value, null)} colour={`var(--s${colour})`} />
        <b>
          <InertText text={value} />
        </b>
      </p>
      <Suspense fallback={<InertText text={explanation} />}>
        <Markdown text={explanation} />
      </Suspense>
    </article>
  );
}

interface CitedProps {
  flip: Flip;
  first: readonly EvidenceItem[];
  second: readonly EvidenceItem[];
  onOpen: (flip: Flip, message: number) => void;
}

function Cited({ flip, first, second, onOpen }: CitedProps) {
  const passages = bothCited(first, second);
  const remarks = new Set([...first, ...second].flatMap((each) => each.remarks));
  return (
    <>
      {[...remarks].map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
      {passages.map((passage) => (
        <Passage
          key={passage.id}
          head={
            <>
              <button type="button" data-kind="link" onClick={() => onOpen(flip, passage.number)}>
                M{passage.number} · {passage.role}
              </button>
              {passage.by.length > 0 && <span> · cited by {passage.by.join(" and ")}</span>}
            </>
          }
          text={passage.text}
          marked={passage.marked}
          isCited={passage.cited}
          leftOut={passage.characters_left_out}
          colour={passage.by[0] === "B" ? 2 : 1}
        />
      ))}
    </>
  );
}
