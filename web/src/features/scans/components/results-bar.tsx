import { useEffect, useId, useRef, useState } from "react";
import type { FindingsItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { Chip } from "../../../ui/chip.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu, type MenuItem } from "../../../ui/menu.tsx";
import { equals, splitConditions, withCondition, withoutCondition } from "../model/conditions.ts";
import { resultCommands } from "../model/result-commands.ts";
import { valueWords } from "../model/result-row.ts";
import type { ScanSearch } from "../model/scan-search.ts";
import { GroupingMenu } from "./grouping-menu.tsx";
import styles from "./results-bar.module.css";

interface ResultsBarProps {
  scan: ScanDetail;
  scanner: string;
  found: FindingsItem | undefined;
  search: ScanSearch;
  /** What the server says of the condition. */
  problem: string | undefined;
  onChange: (change: ScanSearch) => void;
  children: React.ReactNode;
}

/** What narrows the results: chips, and the SQL that they are. */
export function ResultsBar({ scan, scanner, found, search, problem, onChange, children }: ResultsBarProps) {
  const { where, by } = search;
  const filter = (next: string | undefined) => onChange({ where: next, row: undefined });
  return (
    <div className={styles.bar}>
      <Menu
        name="Filter"
        button={
          <>
            <Icon name="filter" /> Filter
          </>
        }
        groups={filterItems(found, where, filter)}
      />
      {splitConditions(where ?? "").map((part) => (
        <Chip
          key={part}
          title={part}
          removeName={`Without ${part}`}
          onRemove={() => filter(withoutCondition(where, part))}
        >
          {part.length > 40 ? `${part.slice(0, 39)}…` : part}
        </Chip>
      ))}
      <SqlBox key={where} where={where} problem={problem} onWhere={filter} />
      <GroupingMenu by={by} onBy={(next) => onChange({ by: next })} />
      {children}
      <AsCommand commands={resultCommands(scan, scanner, search)} />
    </div>
  );
}

function filterItems(
  found: FindingsItem | undefined,
  where: string | undefined,
  filter: (where: string | undefined) => void,
): MenuItem[][] {
  const parts = splitConditions(where ?? "");
  const item = (label: string, condition: string): MenuItem => ({
    label,
    checked: parts.includes(condition),
    run: () => filter(parts.includes(condition) ? withoutCondition(where, condition) : withCondition(where, condition)),
  });
  const column = found?.kinds_by ?? "value";
  return [
    (found?.kinds ?? []).map(({ value, count }) => item(`${valueWords(value, 40)} (${count})`, equals(column, value))),
    [
      item("Errors", "scan_error IS NOT NULL"),
      item("Without a value", "value IS NULL AND scan_error IS NULL"),
      item("Labelled, and it disagrees", "validation_result = false"),
    ],
  ];
}

interface SqlBoxProps {
  where: string | undefined;
  problem: string | undefined;
  onWhere: (where: string | undefined) => void;
}

/** The condition as SQL: Enter applies it, Escape takes back what was typed. */
function SqlBox({ where, problem, onWhere }: SqlBoxProps) {
  const [typed, setTyped] = useState(where ?? "");
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => setTyped(where ?? ""), [where]);
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
        onBlur={() => setTyped(where ?? "")}
        onKeyDown={(event) => {
          if (event.key === "Enter") onWhere(typed.trim() === "" ? undefined : typed.trim());
          if (event.key !== "Escape") return;
          setTyped(where ?? "");
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
