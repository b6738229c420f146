import { useQuery } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import { SelectField } from "../../../ui/fields.tsx";
import { SplitPane } from "../../../ui/layout.tsx";
import { AsCommand, EmptyState, ErrorState } from "../../../ui/states.tsx";
import { route, useChangeAddress } from "../model/address.ts";
import { type Group, validateCommand } from "../model/agreement.ts";
import { useChosenScan } from "../model/use-chosen-scan.ts";
import { casesQuery } from "../model/use-labels.ts";
import { AgreementReport, RatersPanel } from "./agreement-report.tsx";
import styles from "./agreement-tab.module.css";
import { Verdict } from "./case-parts.tsx";
import { ScanChoice } from "./choices.tsx";
import type { QueueTabProps } from "./queue-tab.tsx";

const GROUPS: readonly { id: Group | ""; name: string }[] = [
  { id: "", name: "nothing" },
  { id: "split", name: "split" },
  { id: "task", name: "task" },
  { id: "model", name: "model" },
];

/** A scanner against the labels of the set: disagreements first. */
export function AgreementTab({ file, name, scanner: ofSet }: QueueTabProps) {
  const { group, result, ...search } = route.useSearch();
  const change = useChangeAddress();
  const cases = useQuery(casesQuery(file));
  const scans = useChosenScan(search, ofSet);
  const { chosen } = scans;
  if (cases.data?.items.length === 0) {
    return (
      <EmptyState title="This set has no labels yet" command={`scout label latest --blind --cases ${name}`}>
        Label some cases in the queue, then see here how far a scanner agrees with them.
      </EmptyState>
    );
  }
  return (
    <div className={styles.tab}>
      <SplitPane
        name="scout-agreement-pane"
        label="the choice"
        side="end"
        width={360}
        min={240}
        pane={
          <div className={styles.choice}>
            <ScanChoice {...scans} onChange={change} />
            <SelectField
              label="Also by"
              value={group}
              options={GROUPS}
              onChange={(to) => change({ group: to || undefined })}
            />
            {chosen !== undefined && (
              <AsCommand
                commands={[{ name: "The same in a terminal", command: validateCommand(name, chosen, group) }]}
              />
            )}
            {chosen !== undefined && result !== undefined && <Verdict scan={chosen} result={result} />}
          </div>
        }
      >
        <div className={styles.report}>
          {scans.error !== null && <ErrorState error={scans.error} title="The scans could not be listed." />}
          {scans.scan === undefined && !scans.isLoading && (
            <EmptyState title="No scan yet" command="scout scan SCANNERS -V labels.csv">
              Labels are compared with what a scan has recorded.
            </EmptyState>
          )}
          {chosen !== undefined && (
            <AgreementReport
              file={file}
              scan={chosen}
              group={group}
              read={result}
              onRead={(id) => change({ result: id })}
            />
          )}
          <Raters file={file} />
        </div>
      </SplitPane>
    </div>
  );
}

/** Second raters of the set, if there are any. */
function Raters({ file }: { file: string }) {
  const { other } = route.useSearch();
  const change = useChangeAddress();
  const files = useQuery(ask("/labels"));
  const raters = (files.data?.items ?? []).filter((each) => each.rates === file);
  const shown = raters.find((each) => each.file === other) ?? raters[0];
  if (shown?.rater == null) return null;
  return (
    <>
      {raters.length > 1 && (
        <SelectField
          label="Second rater"
          value={shown.file}
          options={raters.map((each) => ({ id: each.file, name: each.rater ?? "" }))}
          onChange={(to) => change({ other: to })}
        />
      )}
      <RatersPanel file={file} other={shown.file} names={["the first", shown.rater]} />
    </>
  );
}
