import { formatCost, formatCount } from "../../../domain/format.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { RelativeTime } from "../../../ui/relative-time.tsx";
import type { LiveScan, ScanLine } from "../model/scan-list.ts";
import { ScanName } from "./scan-name.tsx";
import { ScanProgress } from "./scan-progress.tsx";
import { ScanStateMark } from "./scan-state.tsx";
import styles from "./scans-columns.module.css";

interface ScanColumn extends Omit<Column<ScanLine>, "cell"> {
  shows: (scan: LiveScan) => React.ReactNode;
}

const COLUMNS: readonly ScanColumn[] = [
  {
    id: "state",
    name: "State",
    width: 108,
    sortable: true,
    shows: (scan) => <ScanStateMark state={scan.state} />,
  },
  {
    id: "scanners",
    name: "Scanners",
    width: 176,
    sortable: true,
    shows: (scan) => <span title={scan.scanner_names.join(", ")}>{scan.scanner_names.join(", ")}</span>,
  },
  {
    id: "model",
    name: "Model",
    width: 136,
    sortable: true,
    shows: (scan) => scan.model ?? <span className="muted">none</span>,
  },
  {
    id: "done",
    name: "Done",
    width: 204,
    sortable: true,
    help: "Pairs of transcript and scanner that are recorded",
    shows: (scan) => <ScanProgress scan={scan} />,
  },
  {
    id: "transcripts",
    name: "Transcripts",
    width: 96,
    align: "end",
    isExtra: true,
    sortable: true,
    shows: (scan) => formatCount(scan.transcripts),
  },
  {
    id: "results",
    name: "Found",
    width: 72,
    align: "end",
    sortable: true,
    help: "Results that found something",
    shows: (scan) => (scan.results === null ? "?" : formatCount(scan.results)),
  },
  {
    id: "errors",
    name: "Errors",
    width: 72,
    align: "end",
    sortable: true,
    shows: (scan) => (
      <span className={scan.error_count > 0 ? styles.errors : "muted"}>{formatCount(scan.error_count)}</span>
    ),
  },
  {
    id: "cost",
    name: "Cost",
    width: 72,
    align: "end",
    sortable: true,
    shows: (scan) => (scan.cost === null ? <span className="muted">-</span> : formatCost(scan.cost)),
  },
  {
    id: "created",
    name: "Begun",
    width: 104,
    align: "end",
    sortable: true,
    shows: (scan) => <RelativeTime iso={scan.timestamp} />,
  },
  {
    id: "tags",
    name: "Tags",
    width: 132,
    sortable: true,
    shows: (scan) => <span title={scan.tags.join(", ")}>{scan.tags.join(", ")}</span>,
  },
  {
    id: "scan_id",
    name: "Id",
    width: 220,
    isExtra: true,
    sortable: true,
    shows: (scan) => <code>{scan.scan_id}</code>,
  },
  {
    id: "location",
    name: "Location",
    width: 320,
    isExtra: true,
    sortable: true,
    shows: (scan) => <code>{scan.location}</code>,
  },
];

/** Columns of the list; the second holds what can be done with a scan. */
export function scansColumns(actions: (scan: LiveScan) => React.ReactNode): readonly Column<ScanLine>[] {
  const name: Column<ScanLine> = {
    id: "name",
    name: "Scan",
    width: 220,
    grows: true,
    sortable: true,
    cell: (line) =>
      line.kind === "scan" ? (
        <ScanName scan={line.scan} />
      ) : (
        <strong>
          {line.name} <span className="muted">{formatCount(line.count)}</span>
        </strong>
      ),
  };
  const others = COLUMNS.map(
    ({ shows, ...column }): Column<ScanLine> => ({
      ...column,
      cell: (line) => (line.kind === "scan" ? shows(line.scan) : null),
    }),
  );
  const doing: Column<ScanLine> = {
    id: "actions",
    name: "",
    width: 40,
    cell: (line) => (line.kind === "scan" ? actions(line.scan) : null),
  };
  return [name, doing, ...others];
}
