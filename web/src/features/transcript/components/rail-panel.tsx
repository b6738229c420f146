import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type {
  ResolvedCitation,
  TranscriptCitations,
  TranscriptDescription,
  TranscriptVerdict,
} from "../../../api/generated/types.gen.ts";
import { explanationParts, groupedVerdicts, scannerKey } from "../../../domain/citations.ts";
import { formatBytes } from "../../../domain/format.ts";
import { formatValue, verdictOf } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { JsonTree } from "../../../ui/content/output.tsx";
import type { Json } from "../../../ui/content/text.ts";
import { Keys, VerdictDot } from "../../../ui/drawings.tsx";
import { Menu } from "../../../ui/floating.tsx";
import { Tabs } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { RECENT_SCANS } from "../model/questions.ts";
import { useReading, useTranscript } from "../model/reading.ts";
import { LabelPanel } from "./label-panel.tsx";
import { LongText } from "./long-text.tsx";
import styles from "./rail-panel.module.css";

type RailTab = "verdicts" | "label" | "info";

interface VerdictsProps {
  found: TranscriptCitations | undefined;
  error: Error | null;
  /** The scans whose verdicts are shown; undefined: it is not known yet. */
  scans: readonly string[] | undefined;
  onEvent: (number: number) => void;
}

interface RailProps extends VerdictsProps {
  tab: RailTab;
  onTab: (tab: RailTab) => void;
  onScans: (scans: string[]) => void;
  description: TranscriptDescription | undefined;
}

/** At the right: what scanners say, what a person says, and what is known. */
export function RailPanel({ tab, onTab, onScans, description, ...verdicts }: RailProps) {
  const count = verdicts.found?.verdicts?.length ?? 0;
  const tabs = [
    { id: "verdicts", label: count > 0 ? `Verdicts ${count}` : "Verdicts" },
    { id: "label", label: "Label" },
    { id: "info", label: "Info" },
  ] as const;
  return (
    <aside className={styles.rail} aria-label="Verdicts, label and info">
      <Tabs
        label="About the transcript"
        tabs={tabs}
        chosen={tab}
        onChoose={onTab}
        actions={tab === "verdicts" ? <ScanChoice scans={verdicts.scans ?? []} onScans={onScans} /> : null}
      >
        {tab === "verdicts" && <VerdictsPanel {...verdicts} />}
        {tab === "label" && <LabelPanel />}
        {tab === "info" && <InfoPanel description={description} />}
      </Tabs>
    </aside>
  );
}

function ScanChoice({ scans, onScans }: { scans: readonly string[]; onScans: (scans: string[]) => void }) {
  const items = useQuery({ ...RECENT_SCANS, enabled: useTranscript().isBegun }).data?.items ?? [];
  if (items.length === 0) return null;
  const known = new Set(items.map((scan) => scan.scan_id));
  const choice = (id: string, label: string) => ({
    label,
    checked: scans.includes(id),
    run: () => onScans(scans.includes(id) ? scans.filter((one) => one !== id) : [...scans, id]),
  });
  return (
    <Menu
      button={scans.length === 1 ? "of 1 scan" : `of ${scans.length} scans`}
      groups={[
        items.map(({ scan_id: id, name, timestamp }) =>
          choice(id, `${name} ${id.slice(0, 6)} ${timestamp.slice(0, 10)}`),
        ),
        scans.filter((scan) => !known.has(scan)).map((scan) => choice(scan, scan)),
      ].filter((group) => group.length > 0)}
    />
  );
}

/** What scanners say of the transcript, with what they cite. */
export function VerdictsPanel({ found, error, scans, onEvent }: VerdictsProps) {
  if (error !== null) return <ErrorState error={error} title="The verdicts could not be read." />;
  if (scans?.length === 0) {
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
  const explained = explanationParts(verdict.explanation ?? "");
  const written = new Set(explained.map((part) => part.cite));
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
        <div className={styles.error}>
          <LongText text={verdict.error} lines={6}>
            {(shown) => <InertText text={shown} />}
          </LongText>
        </div>
      )}
      {verdict.explanation != null && (
        <p className={styles.said} dir="auto">
          {explained.map(({ start, text, cite }) =>
            cite === null ? (
              <InertText key={start} text={text} />
            ) : (
              <CiteChip
                key={start}
                cite={cite}
                citation={citations.find((one) => one.cite === cite)}
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
      <Resolved citations={citations} />
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

function Resolved({ citations }: { citations: readonly ResolvedCitation[] }) {
  if (citations.length === 0) return null;
  const unresolved = citations.filter((one) => one.number === null);
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

/** All that is known of the transcript. */
function InfoPanel({ description }: { description: TranscriptDescription | undefined }) {
  if (description === undefined) return <Skeleton lines={10} label="Loading" />;
  const { metadata, ...values } = description.values;
  const more = typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : [];
  return (
    <>
      <Fields fields={[...Object.entries(values), ["size", formatBytes(description.size)]]} />
      {more.length > 0 && <h2 className={styles.title}>metadata</h2>}
      <Fields fields={more} />
    </>
  );
}

function Fields({ fields }: { fields: readonly [string, unknown][] }) {
  return (
    <dl className={styles.fields}>
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>
            <InertText text={name} />
          </dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "") return <span className={styles.none}>-</span>;
  if (typeof value === "object") return <JsonTree value={value as Json} depth={1} />;
  return (
    <LongText text={String(value)} start={-1} lines={6}>
      {(shown) => <InertText text={shown} />}
    </LongText>
  );
}
