import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { formatCost, formatCount } from "../../../domain/format.ts";
import type { Column } from "../../../ui/data-table/columns.ts";
import { Progress, RelativeTime } from "../../../ui/drawings.tsx";
import { folderOf, isScan, type LiveScan, progressWords, type ScanLine } from "../model/scan-list.ts";
import { ScanStateMark } from "./scan-actions.tsx";
import styles from "./scans-columns.module.css";

const NONE = <span className="muted">none</span>;
const NOTHING = <span className="muted">-</span>;

/** Columns of the list; the second holds what can be done with a scan. */
export function scansColumns(actions: (scan: LiveScan) => ReactNode): readonly Column<ScanLine>[] {
  const column = (
    id: string,
    name: string,
    width: number,
    shows: (scan: LiveScan) => ReactNode,
    more: Partial<Column<ScanLine>> = {},
  ): Column<ScanLine> => ({
    id,
    name,
    width,
    sortable: true,
    cell: (line) => (isScan(line) ? shows(line) : null),
    ...more,
  });
  const number = { align: "end" } as const;
  const isExtra = true;
  return [
    column("name", "Scan", 220, named, { grows: true, cell: (line) => (isScan(line) ? named(line) : headOf(line)) }),
    column("actions", "", 40, actions, { sortable: false }),
    column("state", "State", 108, ({ state }) => <ScanStateMark state={state} />),
    column("scanners", "Scanners", 176, ({ scanner_names }) => joined(scanner_names)),
    column("model", "Model", 136, ({ model }) => model ?? NONE),
    column("done", "Done", 120, progressOf, { help: "Pairs of transcript and scanner that are recorded" }),
    column("transcripts", "Transcripts", 96, ({ transcripts }) => formatCount(transcripts), { ...number, isExtra }),
    column("results", "Found", 72, ({ results }) => (results === null ? "?" : formatCount(results)), {
      ...number,
      help: "Results that found something",
    }),
    column("errors", "Errors", 72, errorsOf, number),
    column("cost", "Cost", 72, ({ cost }) => (cost === null ? NOTHING : formatCost(cost)), number),
    column("created", "Begun", 104, ({ timestamp }) => <RelativeTime iso={timestamp} />, number),
    column("tags", "Tags", 132, ({ tags }) => joined(tags)),
    column("scan_id", "Id", 220, ({ scan_id }) => <code>{scan_id}</code>, { isExtra }),
    column("location", "Location", 320, ({ location }) => <code>{location}</code>, { isExtra }),
  ];
}

function headOf({ group, count }: Exclude<ScanLine, LiveScan>): ReactNode {
  return (
    <strong>
      {group} <span className="muted">{formatCount(count)}</span>
    </strong>
  );
}

function errorsOf({ error_count }: LiveScan): ReactNode {
  return <span className={error_count > 0 ? styles.errors : "muted"}>{formatCount(error_count)}</span>;
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
      <span title={`${counted}, ${progressWords(scan)}`}>{progressWords(scan)}</span>
    </span>
  );
}
