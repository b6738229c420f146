/** What stands above the results: what went wrong, what narrows them, and how values are distributed. */

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { formatCount, formatCounted, formatInterval } from "../../../domain/format.ts";
import { valueWords } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { AnsiText } from "../../../ui/content/output.tsx";
import { Chip, Icon, IntervalBar, VerdictDot } from "../../../ui/drawings.tsx";
import { TextField } from "../../../ui/fields.tsx";
import { Menu, type MenuItem, Popover } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { AsCommand, CopyButton } from "../../../ui/states.tsx";
import { equals, splitConditions, withCondition, withoutCondition } from "../model/conditions.ts";
import { barsOfDistribution, barsOfFacet } from "../model/findings.ts";
import { resultCommands } from "../model/result-row.ts";
import type { ScanView } from "../model/scan-search.ts";
import { useScanChanges } from "../model/use-scan-changes.ts";
import styles from "./results-head.module.css";

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

const CHIP_CHARACTERS = 40;

interface ResultsBarProps {
  view: ScanView;
  /** What the server says of the condition. */
  problem: string | undefined;
  children: ReactNode;
}

/** What narrows the results: chips, and the SQL that they are. */
export function ResultsBar({ view, problem, children }: ResultsBarProps) {
  const { scan, scanner, found, search, change, filter } = view;
  const { where, by } = search;
  const parts = splitConditions(where);
  const item = (label: string, condition: string): MenuItem => ({
    label,
    checked: parts.includes(condition),
    run: () => filter((parts.includes(condition) ? withoutCondition : withCondition)(where, condition)),
  });
  const kinds = (found?.kinds ?? []).map(({ value, count }) =>
    item(`${valueWords(value, 40)} (${count})`, equals(found?.kinds_by ?? "value", value)),
  );
  const others = [
    item("Errors", "scan_error IS NOT NULL"),
    item("Without a value", "value IS NULL AND scan_error IS NULL"),
    item("Labelled, and it disagrees", "validation_result = false"),
  ];
  return (
    <div className={styles.bar}>
      <Menu
        name="Filter"
        button={
          <>
            <Icon name="filter" /> Filter
          </>
        }
        groups={[kinds, others]}
      />
      {parts.map((part) => (
        <Chip
          key={part}
          title={part}
          removeName={`Without ${part}`}
          onRemove={() => filter(withoutCondition(where, part))}
        >
          {part.length > CHIP_CHARACTERS ? `${part.slice(0, CHIP_CHARACTERS - 1)}…` : part}
        </Chip>
      ))}
      <SqlBox key={where} where={where} problem={problem} onWhere={filter} />
      <Popover button={`Group: ${by ?? "none"}`} title="Group the distribution by a column">
        {(close) => (
          <Groupings
            by={by}
            onBy={(next) => {
              close();
              change({ by: next });
            }}
          />
        )}
      </Popover>
      {children}
      <AsCommand commands={resultCommands(scan, scanner, search)} />
    </div>
  );
}

interface SqlBoxProps {
  where: string | undefined;
  problem: string | undefined;
  onWhere: (where: string | undefined) => void;
}

/** The condition as SQL: Enter applies it, Escape takes back what was typed. */
function SqlBox({ where = "", problem, onWhere }: SqlBoxProps) {
  const [typed, setTyped] = useState(where);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useKeys("Results", [{ keys: "/", label: "Filter by SQL", run: () => field.current?.focus() }]);
  return (
    <span className={styles.sql}>
      <input
        ref={field}
        type="text"
        className="mono"
        aria-label="Condition in SQL"
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : id}
        placeholder="value = true AND model LIKE 'openai/%'"
        spellCheck={false}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={() => setTyped(where)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onWhere(typed.trim() || undefined);
          if (event.key !== "Escape") return;
          setTyped(where);
          event.currentTarget.blur();
        }}
      />
      {problem !== undefined && (
        <span id={id} role="alert" className={styles.problem}>
          <Icon name="warning" size={12} /> {problem}
        </span>
      )}
    </span>
  );
}

const USUAL = ["model", "task_set", "task_id", "score", "agent", "epoch", "label", "transcript_error"] as const;

interface GroupingsProps {
  by: string | undefined;
  onBy: (by: string | undefined) => void;
}

/** What the distribution is grouped by: a usual column, or any other, also a key of metadata. */
function Groupings({ by, onBy }: GroupingsProps) {
  const [typed, setTyped] = useState("");
  return (
    <div className={styles.menu}>
      {[undefined, ...USUAL].map((each) => (
        <button key={each ?? ""} type="button" data-kind="plain" aria-pressed={each === by} onClick={() => onBy(each)}>
          {each ?? "none"}
        </button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() !== "") onBy(typed.trim());
        }}
      >
        <TextField
          label="Another column, or a key of metadata"
          placeholder="transcript_metadata.difficulty"
          value={typed}
          onChange={setTyped}
        />
      </form>
    </div>
  );
}
