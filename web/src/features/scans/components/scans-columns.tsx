import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatCost, formatCount } from "../../../domain/format.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { Progress } from "../../../ui/progress.tsx";
import { RelativeTime } from "../../../ui/relative-time.tsx";
import { folderOf, isScan, type LiveScan, progressWords, type ScanLine } from "../model/scan-list.ts";
import { ScanStateMark } from "./scan-actions.tsx";
import styles from "./scans-columns.module.css";

interface ScanColumn extends Omit<Column<ScanLine>, "cell"> {
  shows: (scan: LiveScan) => ReactNode;
}

const END = { align: "end", width: 72 } as const;
const NONE = <span className="muted">none</span>;

const COLUMNS: readonly ScanColumn[] = [
  { id: "state", name: "State", width: 108, shows: ({ state }) => <ScanStateMark state={state} /> },
  { id: "scanners", name: "Scanners", width: 176, shows: (scan) => joined(scan.scanner_names) },
  { id: "model", name: "Model", width: 136, shows: ({ model }) => model ?? NONE },
  {
    id: "done",
    name: "Done",
    width: 204,
    help: "Pairs of transcript and scanner that are recorded",
    shows: progressOf,
  },
  {
    id: "transcripts",
    name: "Transcripts",
    ...END,
    width: 96,
    isExtra: true,
    shows: ({ transcripts }) => formatCount(transcripts),
  },
  {
    id: "results",
    name: "Found",
    ...END,
    help: "Results that found something",
    shows: ({ results }) => (results === null ? "?" : formatCount(results)),
  },
  {
    id: "errors",
    name: "Errors",
    ...END,
    shows: ({ error_count }) => (
      <span className={error_count > 0 ? styles.errors : "muted"}>{formatCount(error_count)}</span>
    ),
  },
  {
    id: "cost",
    name: "Cost",
    ...END,
    shows: ({ cost }) => (cost === null ? <span className="muted">-</span> : formatCost(cost)),
  },
  { id: "created", name: "Begun", ...END, width: 104, shows: ({ timestamp }) => <RelativeTime iso={timestamp} /> },
  { id: "tags", name: "Tags", width: 132, shows: ({ tags }) => joined(tags) },
  { id: "scan_id", name: "Id", width: 220, isExtra: true, shows: ({ scan_id }) => <code>{scan_id}</code> },
  { id: "location", name: "Location", width: 320, isExtra: true, shows: ({ location }) => <code>{location}</code> },
];

/** Columns of the list; the second holds what can be done with a scan. */
export function scansColumns(actions: (scan: LiveScan) => ReactNode): readonly Column<ScanLine>[] {
  const name: Column<ScanLine> = {
    id: "name",
    name: "Scan",
    width: 220,
    grows: true,
    sortable: true,
    cell: (line) =>
      isScan(line) ? (
        named(line)
      ) : (
        <strong>
          {line.group} <span className="muted">{formatCount(line.count)}</span>
        </strong>
      ),
  };
  const ofScan = ({ shows, ...column }: ScanColumn): Column<ScanLine> => ({
    ...column,
    cell: (line) => (isScan(line) ? shows(line) : null),
  });
  return [
    name,
    ofScan({ id: "actions", name: "", width: 40, shows: actions }),
    ...COLUMNS.map((column) => ofScan({ ...column, sortable: true })),
  ];
}

function joined(words: readonly string[]): ReactNode {
  return <span title={words.join(", ")}>{words.join(", ")}</span>;
}

/** The name of a scan, which opens it. */
function named({ scan_id, name, location }: LiveScan): ReactNode {
  return (
    <Link
      to="/scans/$scanId"
      params={{ scanId: scan_id }}
      search={{ scans: folderOf(location) }}
      title={`${name} (${scan_id})`}
      className={styles.name ?? ""}
    >
      {name === "" ? scan_id : name}
    </Link>
  );
}

/** How far a scan is; while it runs, how fast it goes and how long it will take. */
function progressOf(scan: LiveScan): ReactNode {
  const done = scan.done ?? 0;
  const isRunning = scan.state === "running";
  if (!isRunning && scan.total > 0 && done >= scan.total) return formatCount(scan.total);
  const counted = `${scan.done === null ? "?" : formatCount(done)} of ${formatCount(scan.total)}`;
  if (!isRunning) return counted;
  return (
    <span className={styles.progress}>
      <span className={styles.bar}>
        <Progress label={scan.name} done={done} total={scan.total} failed={scan.error_count} />
      </span>
      <span title={counted}>{progressWords(scan)}</span>
    </span>
  );
}
