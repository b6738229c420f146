import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EvidenceResult } from "../../../api/generated/types.gen.ts";
import { verdictOf } from "../../../domain/values.ts";
import { AnsiText } from "../../../ui/content/ansi-text.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Json } from "../../../ui/content/json-text.ts";
import { JsonTree } from "../../../ui/content/json-tree.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { resultQuery } from "../api/read-result.ts";
import type { ResultsOf } from "../model/scan-search.ts";
import { ExplanationText } from "./explanation-text.tsx";
import styles from "./result-card.module.css";
import { ValueView } from "./value-view.tsx";

interface ResultCardProps {
  of: ResultsOf;
  result: EvidenceResult;
  colour: number;
  numbers: ReadonlyMap<string, { id: string; number: number }>;
  onOpen: (message: number) => void;
}

/** A verdict: its value, why, and what it cites. */
export function ResultCard({ of, result, colour, numbers, onOpen }: ResultCardProps) {
  const kind = verdictOf(result.value, result.scan_error);
  return (
    <div className={styles.card}>
      <div className={styles.verdict}>
        <VerdictDot verdict={kind} colour={`var(--s${colour})`} />
        {kind === "error" ? <b className={styles.error}>error</b> : <ValueView value={result.value} />}
        {result.label !== null && <span className={styles.label}>{result.label}</span>}
      </div>
      {result.scan_error !== null && <Failure of={of} result={result} />}
      {result.explanation !== null ? (
        <ExplanationText text={result.explanation} colour={colour} />
      ) : (
        result.answer !== null && <InertText text={result.answer} />
      )}
      {result.references.length > 0 && (
        <p className={styles.cites}>
          cites
          {result.references.map(({ cite, id }) => (
            <CiteChip key={id} cite={cite} there={numbers.get(cite)} onOpen={onOpen} />
          ))}
        </p>
      )}
      {result.unseen_citations.length > 0 && (
        <p className={styles.unseen}>It cites what it was not shown: {result.unseen_citations.join(", ")}</p>
      )}
      {Object.keys(result.metadata).length > 0 && (
        <details>
          <summary>Metadata</summary>
          <JsonTree value={result.metadata as Json} />
        </details>
      )}
    </div>
  );
}

interface CiteChipProps {
  cite: string;
  there: { id: string; number: number } | undefined;
  onOpen: (message: number) => void;
}

/** What is cited: a click shows it below, and opens the transcript there if it is not. */
function CiteChip({ cite, there, onOpen }: CiteChipProps) {
  const words = cite.replaceAll(/[[\]]/g, "");
  if (there === undefined) {
    const number = Number(/\d+/.exec(cite)?.[0]);
    return (
      <button type="button" data-kind="link" title="Open the transcript there" onClick={() => onOpen(number)}>
        {words}
      </button>
    );
  }
  const show = () => document.getElementById(`passage-${there.id}`)?.scrollIntoView({ block: "nearest" });
  return (
    <button type="button" data-kind="link" title="Show it below" onClick={show}>
      {words}
    </button>
  );
}

function Failure({ of, result }: { of: ResultsOf; result: EvidenceResult }) {
  const [isOpen, setOpen] = useState(false);
  const whole = useQuery({ ...resultQuery(of, result.uuid ?? ""), enabled: isOpen && result.uuid !== null });
  const traceback = whole.data?.scan_error_traceback;
  return (
    <>
      <p className={styles.error}>
        <InertText text={result.scan_error ?? ""} />
      </p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Traceback</summary>
        <pre className={styles.traceback}>
          {whole.error?.message}
          {typeof traceback === "string" && <AnsiText text={traceback} />}
        </pre>
      </details>
    </>
  );
}
