import { Link } from "@tanstack/react-router";
import type { ResolvedCitation, TranscriptCitations, TranscriptVerdict } from "../../../api/generated/types.gen.ts";
import { explanationParts, scannerKey } from "../../../domain/citations.ts";
import { formatValue, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Keys } from "../../../ui/keyboard/keys.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { useReading, useTranscript } from "../model/transcript-context.ts";
import { groupedVerdicts } from "../model/verdicts.ts";
import styles from "./verdicts-panel.module.css";

interface VerdictsProps {
  found: TranscriptCitations | undefined;
  error: Error | null;
  isAsked: boolean;
  onEvent: (number: number) => void;
}

/** What scanners say of the transcript, with what they cite. */
export function VerdictsPanel({ found, error, isAsked, onEvent }: VerdictsProps) {
  if (error !== null) return <ErrorState error={error} title="The verdicts could not be read." />;
  if (!isAsked) {
    return (
      <EmptyState title="No scan is chosen." command="scout scan scanners.py -T logs">
        Choose the scans whose verdicts are shown.
      </EmptyState>
    );
  }
  if (found === undefined) return <Skeleton lines={6} label="Loading the verdicts" />;
  const verdicts = found.verdicts ?? [];
  if (verdicts.length === 0) {
    return <EmptyState title="No results here.">The chosen scans have none for this transcript.</EmptyState>;
  }
  return (
    <>
      {groupedVerdicts(verdicts).map(({ verdict, count }) => (
        <VerdictCard
          key={`${verdict.scan} ${verdict.scanner} ${verdict.result_id}`}
          verdict={verdict}
          count={count}
          citations={found.items.filter((one) => isOf(one, verdict))}
          onEvent={onEvent}
        />
      ))}
      {found.results > verdicts.length && (
        <p className={styles.more}>{found.results - verdicts.length} more results: see the scan.</p>
      )}
      <p className={styles.keys}>
        <Keys keys="c" /> next citation <Keys keys="j" /> <Keys keys="k" /> message <Keys keys="l" /> label{" "}
        <Keys keys="?" /> keys
      </p>
    </>
  );
}

function isOf(citation: ResolvedCitation, verdict: TranscriptVerdict): boolean {
  return (
    citation.scan === verdict.scan && citation.scanner === verdict.scanner && citation.result_id === verdict.result_id
  );
}

interface CardProps extends Pick<VerdictsProps, "onEvent"> {
  verdict: TranscriptVerdict;
  /** How many results say just this. */
  count: number;
  citations: readonly ResolvedCitation[];
}

function VerdictCard({ verdict, count, citations, onEvent }: CardProps) {
  const { colours, reading } = useTranscript();
  const colour = colours.get(scannerKey(verdict.scan, verdict.scanner)) ?? 1;
  const current = useReading(reading, (state) => state.current);
  const isHere = citations.some((one) => one.kind === "message" && one.number === current);
  const kind = verdictOf(verdict.value, verdict.error);
  const unresolved = citations.filter((one) => one.number === null);
  const written = new Set(explanationParts(verdict.explanation ?? "").map((part) => part.cite));
  const rest = citations.filter((one) => !written.has(one.cite));
  return (
    <section
      className={styles.verdict}
      aria-label={verdict.scanner}
      aria-current={isHere || undefined}
      data-colour={colour}
    >
      <header>
        <VerdictDot verdict={kind} colour={`var(--s${colour})`} />
        <ResultLink verdict={verdict} />
        <i data-kind={kind}>
          {kind === "error" ? "error" : formatValue(verdict.label ?? verdict.value)}
          {count > 1 && ` × ${count}`}
        </i>
      </header>
      {verdict.error != null && (
        <p className={styles.error}>
          <InertText text={verdict.error} />
        </p>
      )}
      {verdict.explanation != null && (
        <p className={styles.said} dir="auto">
          {explanationParts(verdict.explanation).map((part) =>
            part.cite === null ? (
              <InertText key={part.start} text={part.text} />
            ) : (
              <CiteChip
                key={part.start}
                cite={part.cite}
                citation={citations.find((one) => one.cite === part.cite)}
                onEvent={onEvent}
              />
            ),
          )}
        </p>
      )}
      {rest.length > 0 && (
        <p className={styles.chips}>
          {rest.map((one) => (
            <CiteChip key={`${one.cite}${one.number}`} cite={one.cite} citation={one} onEvent={onEvent} />
          ))}
        </p>
      )}
      <Resolved count={citations.length} unresolved={unresolved} />
      <Agreement verdict={verdict} />
    </section>
  );
}

/** The result where its scan shows it: there one resumes what failed, and walks through the others. */
function ResultLink({ verdict }: { verdict: TranscriptVerdict }) {
  const scanId = /scan_id=([^/]+)\/?$/.exec(verdict.scan)?.[1];
  const name = <InertText text={verdict.scanner} />;
  if (scanId === undefined) return <b>{name}</b>;
  return (
    <Link
      to="/scans/$scanId"
      params={{ scanId }}
      search={{ scanner: verdict.scanner, result: verdict.result_id ?? undefined }}
      className={styles.name}
      title="Show the result in its scan"
    >
      {name}
    </Link>
  );
}

interface ChipProps extends Pick<VerdictsProps, "onEvent"> {
  cite: string;
  citation: ResolvedCitation | undefined;
}

/** What is cited: a click goes there; one that does not resolve says why. */
function CiteChip({ cite, citation, onEvent }: ChipProps) {
  const { reading } = useTranscript();
  const number = citation?.number ?? null;
  const letter = citation?.kind === "event" ? "E" : "M";
  const name = number === null ? cite.replace(/[[\]]/g, "") || "?" : `${letter}${number}`;
  if (number === null) {
    return (
      <span className={styles.lost} title={citation?.unresolved ?? "The result does not say what this is."}>
        <InertText text={name} /> ?
      </span>
    );
  }
  return (
    <button
      type="button"
      className={styles.cite}
      title={`Go to ${name}`}
      onClick={() => (letter === "E" ? onEvent(number) : reading.goTo(number))}
    >
      {name}
    </button>
  );
}

function Resolved({ count, unresolved }: { count: number; unresolved: readonly ResolvedCitation[] }) {
  if (count === 0) return null;
  if (unresolved.length === 0) return <p className={styles.note}>✓ citations resolve</p>;
  return (
    <ul className={styles.unresolved}>
      {unresolved.map((one) => (
        <li key={one.cite}>
          <InertText text={`${one.cite || "A citation"} does not resolve: ${one.unresolved ?? ""}`} />
        </li>
      ))}
    </ul>
  );
}

function Agreement({ verdict }: { verdict: TranscriptVerdict }) {
  if (verdict.target == null) return null;
  const agrees = verdict.agrees === true;
  return (
    <p className={styles.note} data-wrong={!agrees || undefined}>
      {agrees ? "✓ as labelled" : "✗ labelled"} <InertText text={verdict.target} />
    </p>
  );
}
