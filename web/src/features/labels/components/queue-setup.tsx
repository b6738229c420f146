import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatCounted } from "../../../domain/format.ts";
import { Field, SelectField, TextField } from "../../../ui/fields.tsx";
import { AsCommand } from "../../../ui/states.tsx";
import { route, type Search, useChangeAddress } from "../model/address.ts";
import { isRaterName, raterFile } from "../model/cases.ts";
import { DEFAULTS, labelCommand, labelsFor, type Sample } from "../model/queue.ts";
import { useChosenScan } from "../model/use-chosen-scan.ts";
import { casesQuery } from "../model/use-labels.ts";
import { ScanChoice } from "./choices.tsx";
import styles from "./queue-setup.module.css";
import type { QueueTabProps } from "./queue-tab.tsx";

const STRATA: readonly { id: Sample["by"]; name: string }[] = [
  { id: "value", name: "value: rare ones are included" },
  { id: "task", name: "task" },
  { id: "model", name: "model" },
  { id: "none", name: "none: a plain sample" },
];

/** What comes to be labelled, and by whom. */
export function QueueSetup({ file, name, scanner }: QueueTabProps) {
  const search = route.useSearch();
  const change = useChangeAddress();
  const cases = useQuery(casesQuery(file));
  const [draft, setDraft] = useState<Partial<Search>>({});
  const edit = (to: Partial<Search>) => setDraft((before) => ({ ...before, ...to }));
  const now: Search = { ...search, ...draft };
  const scans = useChosenScan(now, scanner);
  const isAgain = now.source === "set";
  const { rater = "", size = DEFAULTS.size, by = DEFAULTS.by, seed = DEFAULTS.seed, width = DEFAULTS.width } = now;
  const chosen = isAgain ? undefined : scans.chosen;
  const nameless = isAgain && rater === "" ? "The set has labels already: say who the second rater is." : undefined;
  const isName = rater === "" || isRaterName(rater);
  const problem = isName ? nameless : "Letters, digits, - and _ only: it becomes a part of a file's name.";
  const written = rater === "" ? name : raterFile(name, rater);
  const isReady = problem === undefined && (isAgain || chosen !== undefined);
  const start = () => {
    const { scan, scanner: of } = chosen ?? {};
    const source = isAgain ? "set" : "scan";
    void change({ ...draft, source, scan, scanner: of, rater: rater || undefined, case: undefined }, true);
  };
  return (
    <form
      className={styles.setup}
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) start();
      }}
    >
      <h2>What comes to be labelled</h2>
      <SourceChoice isAgain={isAgain} cases={cases.data?.total ?? 0} onChange={(source) => edit({ source })} />
      {!isAgain && (
        <>
          {scans.error !== null && <p role="alert">{scans.error.message}</p>}
          <ScanChoice {...scans} onChange={edit} />
          <NumberField
            label="Results"
            help="Those that have a label already count as well."
            value={size}
            most={1000}
            onChange={(to) => edit({ size: to })}
          />
          <SelectField
            label="As many of each"
            help="Precision, recall and kappa are those of the sample."
            value={by}
            options={STRATA}
            onChange={(to) => edit({ by: to })}
          />
          <NumberField
            label="Width of the interval that you want"
            help={`In points of a hundred. At worst it takes ${formatCounted(labelsFor(width / 100, 0.5), "label")}.`}
            value={width}
            most={100}
            onChange={(to) => edit({ width: Math.max(1, to) })}
          />
        </>
      )}
      <NumberField
        label="Order"
        help="Another seed gives another order; the same one always the same."
        value={seed}
        most={2 ** 31}
        onChange={(to) => edit({ seed: to })}
      />
      <TextField
        label={isAgain ? "Your name, as the second rater" : "Your name, if you are the second rater"}
        error={problem}
        help={
          rater === ""
            ? "A second rater has a file beside the set, and does not see the labels of the first."
            : `Your labels go into ${written}. You do not see those of the first.`
        }
        value={rater}
        onChange={(typed) => edit({ rater: typed.trim() })}
      />
      <div className={styles.actions}>
        <button type="submit" data-kind="primary" disabled={!isReady}>
          Begin to label
        </button>
        {chosen !== undefined && (
          <AsCommand
            commands={[{ name: "The same in a terminal", command: labelCommand(written, chosen, { size, by, seed }) }]}
          />
        )}
      </div>
    </form>
  );
}

interface SourceProps {
  isAgain: boolean;
  cases: number;
  onChange: (source: "scan" | "set") => void;
}

function SourceChoice({ isAgain, cases, onChange }: SourceProps) {
  return (
    <fieldset className={styles.source}>
      <legend className="unseen">From</legend>
      <label>
        <input type="radio" name="source" checked={!isAgain} onChange={() => onChange("scan")} /> A sample of the
        results of a scan
      </label>
      <label>
        <input type="radio" name="source" checked={isAgain} disabled={cases === 0} onChange={() => onChange("set")} />{" "}
        The {formatCounted(cases, "case")} of this set, by a second rater
      </label>
    </fieldset>
  );
}

interface NumberProps {
  label: string;
  help: string;
  value: number;
  most: number;
  onChange: (value: number) => void;
}

function NumberField({ label, help, value, most, onChange }: NumberProps) {
  return (
    <Field label={label} help={help}>
      {(control) => (
        <input
          {...control}
          type="number"
          min={0}
          max={most}
          value={value}
          onChange={(event) => {
            const typed = Math.round(Number(event.target.value));
            if (typed >= 0 && typed <= most) onChange(typed);
          }}
        />
      )}
    </Field>
  );
}
