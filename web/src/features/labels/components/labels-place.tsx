import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { LabelFileItem, LabelFileItems } from "../../../api/generated/types.gen.ts";
import { formatCounted, formatInterval } from "../../../domain/format.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import { allRows } from "../../../ui/data-table/rows.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader } from "../../../ui/layout.tsx";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { agreementQuery, rateOf, twoDigits } from "../model/agreement.ts";
import { NewSetDialog, SetMenu } from "./dialogs.tsx";
import styles from "./labels-place.module.css";

/** The sets of validation cases of the project. */
export function LabelsPlace() {
  const files = useQuery(ask("/labels"));
  const [isMaking, setMaking] = useState(false);
  useKeys("Labels", [{ keys: "n", label: "New set of cases", run: () => setMaking(true) }]);
  return (
    <>
      <PlaceHeader
        title="Labels"
        actions={
          <button type="button" data-kind="primary" onClick={() => setMaking(true)}>
            New set
          </button>
        }
      >
        {files.data !== undefined &&
          formatCounted(files.data.total, "set of validation cases", "sets of validation cases")}
      </PlaceHeader>
      <Sets {...files} />
      {isMaking && <NewSetDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Sets({ data, error, refetch }: UseQueryResult<LabelFileItems>) {
  const navigate = useNavigate();
  if (error !== null) return <ErrorState error={error} title="The sets could not be listed." onRetry={refetch} />;
  if (data === undefined) return <Skeleton label="Loading the sets" />;
  if (data.items.length === 0) {
    return (
      <EmptyState title="No validation cases yet" command="scout label latest --blind">
        A validation case says what a scanner should find in a transcript. Label results of a scan, here or on the
        command line, to see how far its scanner can be trusted.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Sets of validation cases"
      columns={COLUMNS}
      rows={allRows(data.items)}
      rowKey={(file) => file.file}
      tone={(file) => (file.problem === null ? undefined : "error")}
      onOpen={({ file }) => void navigate({ to: "/labels/$file", params: { file } })}
      measured
    />
  );
}

const COLUMNS: readonly Column<LabelFileItem>[] = [
  { id: "name", name: "Set", width: 240, grows: true, cell: (file) => <SetName file={file} /> },
  {
    id: "cases",
    name: "Labelled",
    width: 90,
    align: "end",
    help: "Cases with a label; a case without one is not written.",
    cell: (file) => (file.cases === null ? "-" : file.cases.toLocaleString("en")),
  },
  { id: "targets", name: "Labels", width: 160, cell: (file) => counted(file.targets) },
  { id: "splits", name: "Splits", width: 120, cell: (file) => counted(namedSplits(file.splits)) || "none" },
  {
    id: "agreement",
    name: "Agreement of the newest scan",
    width: 300,
    help: "How often the scanner agrees with the labels, with the 95 % interval, and Cohen's kappa.",
    cell: (file) => <AgreementCell file={file} />,
  },
  { id: "menu", name: "More", width: 60, cell: (file) => <SetMenu file={file} /> },
];

function SetName({ file }: { file: LabelFileItem }) {
  return (
    <span className={styles.name} data-rater={file.rater !== null || undefined}>
      <Link to="/labels/$file" params={{ file: file.file }}>
        {file.name}
      </Link>
      {file.rater !== null && <span className="muted">second rater {file.rater}</span>}
      {file.problem !== null && (
        <span className={styles.problem}>
          <Icon name="warning" size={12} /> {file.problem}
        </span>
      )}
    </span>
  );
}

function namedSplits(splits: Readonly<Record<string, number>>): Record<string, number> {
  const named = Object.entries(splits).filter(([name]) => name !== "");
  return named.length === 0 ? {} : { ...Object.fromEntries(named), ...(splits[""] ? { none: splits[""] } : {}) };
}

function counted(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(" · ");
}

/** How far the scanner that a set is for agrees with it, in its newest scan. */
function AgreementCell({ file: { file, scanner, cases } }: { file: LabelFileItem }) {
  const isAsked = scanner !== null && cases !== null && cases > 0;
  const scans = useQuery({ ...ask("/scans", { query: { limit: 1, scanner: [scanner ?? ""] } }), enabled: isAsked });
  const scan = scans.data?.items[0]?.scan_id;
  const agreement = useQuery({
    ...agreementQuery(file, { scan: scan ?? "", scanner: scanner ?? "" }),
    enabled: isAsked && scan !== undefined,
  });
  if (scanner === null) {
    return (
      <Link to="/labels/$file" params={{ file }} search={{ tab: "agreement" }}>
        choose a scanner
      </Link>
    );
  }
  if (agreement.error !== null) {
    return (
      <>
        {scanner} <span title={agreement.error.message}>cannot be compared</span>
      </>
    );
  }
  const row = agreement.data?.rows[0];
  const rate = row === undefined ? null : rateOf(row, "match_rate");
  const absent = row === undefined ? "" : "no case is in its newest scan";
  return (
    <>
      {scanner}{" "}
      <span className={rate === null ? "muted" : undefined}>
        {rate === null ? absent : formatInterval(...rate)}
        {row != null && row.kappa !== null && ` · κ ${twoDigits(row.kappa)}`}
        {scans.data?.items.length === 0 && "no scan yet"}
      </span>
    </>
  );
}
