import { useQuery } from "@tanstack/react-query";
import type { ScannerAgreement } from "../../../api/generated/types.gen.ts";
import { labelFilesQuery } from "../../../api/label-cases.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { Field } from "../../../ui/field.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { agreementQuery, type Group } from "../api/agreement.ts";
import { casesQuery } from "../api/cases.ts";
import { route, useChangeAddress } from "../model/address.ts";
import { agreementMarkdown } from "../model/as-markdown.ts";
import { validateCommand } from "../model/commands.ts";
import { confusionOf } from "../model/rates.ts";
import { useChosenScan } from "../model/use-chosen-scan.ts";
import { AgreementFigures } from "./agreement-figures.tsx";
import styles from "./agreement-tab.module.css";
import { ConfusionTable } from "./confusion-table.tsx";
import { Disagreements } from "./disagreements.tsx";
import { GroupsTable } from "./groups-table.tsx";
import { RatersPanel } from "./raters-panel.tsx";
import { ScanChoice } from "./scan-choice.tsx";
import { Verdict } from "./verdict-note.tsx";

interface AgreementTabProps {
  file: string;
  name: string;
  scanner: string | undefined;
}

/** A scanner against the labels of the set: disagreements first. */
export function AgreementTab({ file, name, scanner: ofSet }: AgreementTabProps) {
  const search = route.useSearch();
  const change = useChangeAddress();
  const cases = useQuery(casesQuery(file));
  const chosen = useChosenScan({ scan: search.scan, scanner: search.scanner }, ofSet);
  const { scan, scanner } = chosen;
  const { group } = search;
  const read = search.result ?? null;
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
            <ScanChoice {...chosen} onChange={(to) => change(to)} />
            <GroupChoice group={group} onChange={(to) => change({ group: to })} />
            {scan !== undefined && scanner !== undefined && (
              <AsCommand
                commands={[{ name: "The same in a terminal", command: validateCommand(name, scan, scanner, group) }]}
              />
            )}
            {read !== null && scan !== undefined && scanner !== undefined && (
              <Verdict scan={{ scan, scanner }} result={read} withPassages />
            )}
          </div>
        }
      >
        <div className={styles.report}>
          {chosen.error !== null && <ErrorState error={chosen.error} title="The scans could not be listed." />}
          {scan === undefined && !chosen.isLoading && (
            <EmptyState title="No scan yet" command="scout scan SCANNERS -V labels.csv">
              Labels are compared with what a scan has recorded.
            </EmptyState>
          )}
          {scan !== undefined && scanner !== undefined && (
            <OfScanner
              file={file}
              scan={scan}
              scanner={scanner}
              group={group}
              read={read}
              onRead={(id) => change({ result: id })}
            />
          )}
          <Raters file={file} other={search.other} onChange={(other) => change({ other })} />
        </div>
      </SplitPane>
    </div>
  );
}

function GroupChoice({ group, onChange }: { group: Group | undefined; onChange: (group: Group | undefined) => void }) {
  return (
    <Field label="Also by">
      {(control) => (
        <select
          {...control}
          value={group ?? ""}
          onChange={(event) => onChange((event.target.value || undefined) as Group | undefined)}
        >
          <option value="">nothing</option>
          <option value="split">split</option>
          <option value="task">task</option>
          <option value="model">model</option>
        </select>
      )}
    </Field>
  );
}

interface OfScannerProps {
  file: string;
  scan: string;
  scanner: string;
  group: Group | undefined;
  read: string | null;
  onRead: (id: string) => void;
}

function OfScanner({ file, scan, scanner, group, read, onRead }: OfScannerProps) {
  const agreement = useQuery(agreementQuery(file, scan, scanner, group));
  if (agreement.error !== null) {
    return <ErrorState error={agreement.error} title="The labels could not be compared." onRetry={agreement.refetch} />;
  }
  const report = agreement.data;
  const row = report?.rows[0];
  if (report === undefined || row === undefined) return <Skeleton label="Comparing the labels" />;
  const confusion = confusionOf(row, report.confusion);
  return (
    <>
      <Disagreements items={report.disagreements} scan={scan} scanner={scanner} read={read} onRead={onRead} />
      <AgreementFigures title={`${scanner} against the labels`} row={row} />
      {confusion !== null && <ConfusionTable rows="Expected" columns="given" counts={confusion} />}
      {report.rows.length > 1 && <GroupsTable rows={report.rows} />}
      <Remarks report={report} />
      <p className={styles.copies}>
        <CopyButton text={() => agreementMarkdown(report)} what="as Markdown" named />
        <CopyButton text={() => JSON.stringify(report, null, 2)} what="as JSON" named />
      </p>
    </>
  );
}

const LISTED = 10;

/** What is not in the rates. */
function Remarks({ report }: { report: ScannerAgreement }) {
  const lines = [
    ...Object.entries(report.problems).map(([why, count]) => `${count} could not be compared: ${why}`),
    ...listed("Without a result, because the scanner failed", report.failed),
    ...listed("Not in this scan", report.unmatched),
    ...listed(
      "Not scanned",
      report.missing.filter((id) => !report.unmatched.includes(id)),
    ),
    ...Object.entries(report.unlisted_labels).map(
      ([label, count]) => `The label ${label} was found ${count} times, which no case lists.`,
    ),
  ];
  if (lines.length === 0) return null;
  return (
    <ul className={styles.remarks}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function listed(words: string, ids: readonly string[]): string[] {
  if (ids.length === 0) return [];
  const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : "";
  return [`${words}: ${ids.slice(0, LISTED).join(", ")}${more}`];
}

interface RatersProps {
  file: string;
  other: string | undefined;
  onChange: (other: string | undefined) => void;
}

/** Second raters of the set, if there are any. */
function Raters({ file, other, onChange }: RatersProps) {
  const files = useQuery(labelFilesQuery());
  const raters = (files.data?.items ?? []).filter((each) => each.rates === file);
  const shown = raters.find((each) => each.file === other) ?? raters[0];
  if (shown?.rater == null) return null;
  return (
    <>
      {raters.length > 1 && (
        <Field label="Second rater">
          {(control) => (
            <select {...control} value={shown.file} onChange={(event) => onChange(event.target.value)}>
              {raters.map((each) => (
                <option key={each.file} value={each.file}>
                  {each.rater}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <RatersPanel file={file} other={shown.file} names={["the first", shown.rater]} />
    </>
  );
}
