import { useQuery } from "@tanstack/react-query";
import type { ScannerComparison, VerdictItem } from "../../../api/generated/types.gen.ts";
import { valueWords, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { bothCited, type CompareSearch, type Flip } from "../model/comparison.ts";
import { evidenceQuery } from "../model/evidence.ts";
import { resultsOf } from "../model/scan-search.ts";
import { ExplanationText, PaneKeys, Passages } from "./evidence-parts.tsx";
import styles from "./flip-pane.module.css";

interface FlipPaneProps {
  flip: Flip;
  found: ScannerComparison;
  names: readonly [string, string];
  search: CompareSearch;
  onOpen: (message?: number) => void;
}

/** What both say of one input, and what both cite, in one transcript. */
export function FlipPane({ flip, found, names, search, onOpen }: FlipPaneProps) {
  const { a = "", b = "", scans } = search;
  const first = useQuery(evidenceQuery(resultsOf(a, found.scanner, scans), flip.transcript_id));
  const second = useQuery(evidenceQuery(resultsOf(b, found.second_scanner, scans), flip.transcript_id));
  const error = first.error ?? second.error;
  const both =
    first.data !== undefined && second.data !== undefined && ([first.data.items, second.data.items] as const);
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
      {!both && error === null && <Skeleton lines={4} />}
      {both && (
        <Passages
          passages={bothCited(...both)}
          remarks={[...new Set(both.flat().flatMap(({ remarks }) => remarks))]}
          colourOf={({ by }) => (by[0] === "B" ? 2 : 1)}
          noteOf={({ by }) => (by.length === 0 ? "" : ` · cited by ${by.join(" and ")}`)}
          onOpen={onOpen}
        />
      )}
      <PaneKeys name="flips" onOpen={() => onOpen()} />
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
  return (
    <article className={styles.side}>
      <header>
        <b>{name}</b> <span className="muted">{what}</span>
      </header>
      <p className={styles.value}>
        <VerdictDot verdict={verdictOf(said.value, null)} colour={`var(--s${colour})`} />
        <b>
          <InertText text={valueWords(said.value, 80)} />
        </b>
      </p>
      <ExplanationText text={said.explanation ?? ""} colour={colour} />
    </article>
  );
}
