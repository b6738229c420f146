import { useNavigate } from "@tanstack/react-router";
import type { RunningScanItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCost, formatCounted } from "../../../domain/format.ts";
import { Chip } from "../../../ui/chip.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { useScanChanges } from "../api/change-scan.ts";
import { askedOfScanner } from "../model/asked-of.ts";
import { progressWords } from "../model/progress-words.ts";
import { folderOf } from "../model/scan-place.ts";
import { useScanSearch } from "../model/use-scan-search.ts";
import { ScanActions } from "./scan-actions.tsx";
import styles from "./scan-header.module.css";
import { ScanStateMark } from "./scan-state.tsx";

interface ScanHeaderProps {
  scan: ScanDetail;
  /** How it stands now, while it runs. */
  live: RunningScanItem | undefined;
  scanner: string | undefined;
}

/** What was asked, how the scan stands, what it cost. */
export function ScanHeader({ scan, live, scanner }: ScanHeaderProps) {
  const { change } = useScanSearch();
  const navigate = useNavigate();
  const { resume, cancel } = useScanChanges();
  const compare = () => navigate({ to: "/compare", search: { a: scan.scan_id, scans: folderOf(scan.location) } });
  const showAsked = () => change({ show: "asked" });
  useKeys("Scan", [
    { keys: "a", label: "What was asked", run: showAsked },
    { label: "Compare this scan", run: () => void compare() },
    ...(scan.complete || live !== undefined ? [] : [{ label: "Resume this scan", run: () => resume.mutate({ scan }) }]),
  ]);
  const { question, filter } = askedOfScanner(scan, scanner);
  const cost = live?.cost ?? scan.cost;
  const canResume = !scan.complete && live === undefined && scan.state !== "running";
  return (
    <PlaceHeader
      title={scan.name === "" ? scan.scan_id : scan.name}
      actions={
        <>
          {live !== undefined && (
            <>
              <span className={styles.progress} role="status">
                {progressWords(live)}
              </span>
              <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate(scan)}>
                Cancel
              </button>
            </>
          )}
          {canResume && (
            <button
              type="button"
              data-kind="primary"
              disabled={resume.isPending}
              onClick={() => resume.mutate({ scan })}
            >
              {resume.isPending ? "Starting …" : "Resume"}
            </button>
          )}
          <button type="button" onClick={compare}>
            Compare
          </button>
          <ScanActions
            scan={{ ...scan, state: live?.state ?? scan.state }}
            onCompare={compare}
            onDeleted={() => void navigate({ to: "/scans" })}
          />
        </>
      }
    >
      <ScanStateMark state={live?.state ?? scan.state} />
      <code title={scan.scan_id}>{scan.scan_id.slice(0, 6)}</code>
      <button
        type="button"
        data-kind="plain"
        className={styles.question}
        title="What was asked (a)"
        onClick={showAsked}
      >
        {question === null ? "What was asked" : `“${question}”`}
      </button>
      {scan.model !== null && <Chip>{scan.model}</Chip>}
      {filter.length > 0 && <Chip title="Filter of transcripts">{filter.join(" AND ")}</Chip>}
      <span>
        {formatCounted(scan.transcripts, "transcript")} · {formatCounted(scan.scanner_names.length, "scanner")}
      </span>
      {cost !== null && cost !== undefined && <span>{formatCost(cost)}</span>}
    </PlaceHeader>
  );
}
