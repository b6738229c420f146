import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Passage } from "../../../ui/content/passage.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { trialEvidenceQuery, trialResultsQuery } from "../api/trial-queries.ts";
import { scansOf } from "../model/scan-address.ts";
import { type TrialRow, trialRow } from "../model/trial-rows.ts";
import { StartedScan } from "./started-scan.tsx";
import styles from "./trial.module.css";
import { useScanState } from "./use-scan-state.ts";

/** A scan of a few transcripts: each result, and below it the words that it rests on. */
export function Trial({ scanId }: { scanId: string }) {
  const { scan } = useScanState(scanId);
  return (
    <>
      <StartedScan scanId={scanId} />
      {scan?.scanner_names.map((scanner) => (
        <Results
          key={scanner}
          scanId={scanId}
          scanner={scanner}
          done={scan.done ?? 0}
          isNamed={scan.scanner_names.length > 1}
        />
      ))}
    </>
  );
}

interface ResultsProps {
  scanId: string;
  scanner: string;
  done: number;
  isNamed: boolean;
}

function Results({ scanId, scanner, done, isNamed }: ResultsProps) {
  const { data, error, refetch } = useQuery({
    ...trialResultsQuery(scanId, scanner, done),
    placeholderData: (before) => before,
  });
  const [opened, setOpened] = useState<string | null>(null);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton lines={3} label="Reading results" />;
  const rows = data.items.map(trialRow);
  const shown = opened ?? rows.find((row) => row.isPositive)?.id ?? rows[0]?.id;
  return (
    <div className={styles.results}>
      {isNamed && <h3 className="mono">{scanner}</h3>}
      {rows.length === 0 && <p className="muted">No results yet.</p>}
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              data-kind="plain"
              className={styles.row}
              aria-expanded={row.id === shown}
              onClick={() => setOpened(row.id === shown ? "" : row.id)}
            >
              <VerdictDot verdict={row.verdict} />
              <span className={styles.value}>
                <InertText text={row.value} />
              </span>
              <span className={styles.task}>
                <InertText text={row.task} />
              </span>
              {row.explanation !== "" && (
                <span className={styles.explanation}>
                  <InertText text={row.explanation} />
                </span>
              )}
            </button>
            {row.id === shown && <Evidence scanId={scanId} scanner={scanner} row={row} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Evidence({ scanId, scanner, row }: { scanId: string; scanner: string; row: TrialRow }) {
  const { scan } = useScanState(scanId);
  const { data, error } = useQuery(trialEvidenceQuery(scanId, scanner, row.id));
  if (error !== null) return <p className={styles.remark}>{error.message}</p>;
  if (data === undefined) return <Skeleton lines={3} label="Reading the evidence" />;
  const [found] = data.evidence;
  // A result that cites nothing comes with all that was read.
  const passages = [...(found?.messages ?? []), ...(found?.events ?? [])].filter(({ cited }) => cited);
  const scans = scan === undefined ? {} : { scans: scansOf(scan.location) };
  return (
    <div className={styles.evidence}>
      {passages.map(({ id, number, role, text, marked, cited, characters_left_out: leftOut }) => (
        <Passage
          key={`${role} ${id}`}
          head={`M${number} · ${role}`}
          text={text}
          marked={marked}
          isCited={cited}
          leftOut={leftOut}
          colour={1}
        />
      ))}
      {passages.length === 0 && <p className={styles.remark}>This result cites nothing.</p>}
      {found?.remarks.map((remark) => (
        <p key={remark} className={styles.remark}>
          {remark}
        </p>
      ))}
      <Link
        {...({ to: `/scans/${scanId}`, search: { ...scans, scanner, result: row.id } } as {
          to: string;
          search: object;
        })}
      >
        Open the result
      </Link>
    </div>
  );
}
