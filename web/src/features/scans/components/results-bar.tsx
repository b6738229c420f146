import { useId, useRef, useState } from "react";
import { valueWords } from "../../../domain/values.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { Chip } from "../../../ui/chip.tsx";
import { Field } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu, type MenuItem } from "../../../ui/menu.tsx";
import { Popover } from "../../../ui/popover.tsx";
import { equals, splitConditions, withCondition, withoutCondition } from "../model/conditions.ts";
import { resultCommands } from "../model/result-row.ts";
import type { ScanView } from "../model/scan-search.ts";
import styles from "./results-bar.module.css";

const CHIP_CHARACTERS = 40;

interface ResultsBarProps {
  view: ScanView;
  /** What the server says of the condition. */
  problem: string | undefined;
  children: React.ReactNode;
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
        <Field label="Another column, or a key of metadata">
          {(control) => (
            <input
              {...control}
              type="text"
              placeholder="transcript_metadata.difficulty"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      </form>
    </div>
  );
}
