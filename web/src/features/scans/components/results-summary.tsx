import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { AnsiText } from "../../../ui/content/ansi-text.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { IntervalBar } from "../../../ui/interval-bar.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { equals, withCondition } from "../model/conditions.ts";
import { barsOfDistribution, barsOfFacet } from "../model/findings.ts";
import type { ScanView } from "../model/scan-search.ts";
import { useScanChanges } from "../model/use-scan-changes.ts";
import styles from "./results-summary.module.css";

/** What went wrong, by cause: never hidden, and first. */
export function ErrorGroups({ scan, scanner, of, search, filter }: ScanView) {
  const groups = scan.error_groups.filter((group) => group.scanners[scanner] !== undefined);
  const { resume } = useScanChanges();
  const [open, setOpen] = useState<string | null>(null);
  if (groups.length === 0) return null;
  return (
    <section aria-label="Errors" className={styles.errors}>
      {groups.map(({ error, scanners, transcript_count, refusal }) => (
        <div key={error} className={styles.cause}>
          <p>
            <VerdictDot verdict="error" />
            <b>×{scanners[scanner]}</b>
            <span className={styles.message} title={error}>
              <InertText text={error} />
            </span>
            <span className={styles.fact}>
              {formatCounted(transcript_count, "transcript")}
              {refusal && " · the model refused"}
            </span>
          </p>
          <span className={styles.actions}>
            <button type="button" onClick={() => filter(withCondition(search.where, equals("scan_error", error)))}>
              Show
            </button>
            <button type="button" aria-expanded={open === error} onClick={() => setOpen(open === error ? null : error)}>
              Traceback
            </button>
            {!scan.complete && scan.state !== "running" && (
              <button type="button" disabled={resume.isPending} onClick={() => resume.mutate({ scan })}>
                Resume
              </button>
            )}
          </span>
          {open === error && <Traceback of={of} error={error} />}
        </div>
      ))}
    </section>
  );
}

function Traceback({ of: { path, query }, error }: Pick<ScanView, "of"> & { error: string }) {
  const { scan_id, scanner } = path;
  const causes = useQuery(ask("/scans/{scan_id}/errors", { path: { scan_id }, query: { ...query, scanner } }));
  if (causes.error !== null) return <p role="alert">{causes.error.message}</p>;
  const traceback = causes.data?.items.find((cause) => cause.error === error)?.traceback ?? "";
  if (causes.data !== undefined && traceback === "") return <p className="muted">No traceback is recorded.</p>;
  return (
    <div className={styles.traceback}>
      <pre>
        <AnsiText text={traceback} />
      </pre>
      <CopyButton text={traceback} what="the traceback" />
    </div>
  );
}

const GROUPS = 20;

/** How values are distributed: a bar for each group or value, with the interval of its rate. */
export function Distribution({ of: { path, query }, found, colour, search: { by, where }, filter }: ScanView) {
  const column = found?.kinds_by ?? "value";
  const isYesOrNo = column === "value" && found?.kinds.every(({ value }) => typeof value === "boolean") === true;
  const isRate = by !== undefined && isYesOrNo;
  const asked = { ...query, where, by: by === undefined ? [] : [by], limit: GROUPS };
  /** How often something was found in each group. */
  const rates = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/facets", { path, query: asked }),
    select: ({ items }) => ({ bars: items.flatMap(barsOfFacet), leftOut: items[0]?.left_out ?? 0 }),
    enabled: isRate,
  });
  /** How often each value was given. */
  const values = useQuery({
    ...ask("/scans/{scan_id}/{scanner}/distribution", { path, query: { ...asked, column } }),
    select: (told) => ({ bars: barsOfDistribution(told), leftOut: told.left_out }),
    enabled: !isRate,
  });
  const { data, error } = isRate ? rates : values;
  // What is wrong with the condition is told beside it.
  if (error !== null && by !== undefined) {
    return (
      <p role="alert" className={styles.refused}>
        {error.message}
      </p>
    );
  }
  if (error !== null || data === undefined || data.bars.length === 0) return null;
  return (
    <section aria-label="Distribution" className={styles.chart}>
      <ul>
        {data.bars.map(({ key, group, name, condition, isNegative, share, low, high, count, n, errors }) => (
          <li key={key}>
            {group !== null && (
              <b className={styles.group}>
                <InertText text={group} />
              </b>
            )}
            <button
              type="button"
              data-kind="plain"
              className={styles.line}
              title={`Show only these: ${condition}`}
              onClick={() => filter(withCondition(where, condition))}
            >
              <span className={styles.name}>
                <InertText text={name} />
              </span>
              <IntervalBar
                share={share}
                low={low}
                high={high}
                colour={isNegative ? "var(--edge)" : `var(--s${colour})`}
              />
              <span className={styles.numbers}>
                {formatInterval(share, low, high)} {formatCount(count)}/{formatCount(n)}
                {errors > 0 && <em> {formatCount(errors)} failed</em>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {data.leftOut > 0 && <p className="muted">{formatCount(data.leftOut)} more groups are not shown.</p>}
    </section>
  );
}
