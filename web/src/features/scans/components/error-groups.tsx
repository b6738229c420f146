import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import type { ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { AnsiText } from "../../../ui/content/ansi-text.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { equals } from "../model/conditions.ts";
import { folderOf } from "../model/scan-list.ts";
import { useScanChanges } from "../model/use-scan-changes.ts";
import styles from "./error-groups.module.css";

interface ErrorGroupsProps {
  scan: ScanDetail;
  scanner: string;
  onShow: (condition: string) => void;
}

/** What went wrong, by cause: never hidden, and first. */
export function ErrorGroups({ scan, scanner, onShow }: ErrorGroupsProps) {
  const groups = scan.error_groups.filter((group) => group.scanners[scanner] !== undefined);
  const { resume } = useScanChanges();
  const [open, setOpen] = useState<string | null>(null);
  if (groups.length === 0) return null;
  return (
    <section aria-label="Errors" className={styles.errors}>
      {groups.map(({ error, scanners, transcript_count, refusal }) => (
        <div key={error} className={styles.group}>
          <p>
            <VerdictDot verdict="error" />
            <b>×{scanners[scanner]}</b>
            <span className={styles.message} title={error}>
              <InertText text={error} />
            </span>
            <span className={styles.fact}>
              {formatCounted(transcript_count, "transcript")}
              {refusal && " · the model refused"}
            </span>
          </p>
          <span className={styles.actions}>
            <button type="button" onClick={() => onShow(equals("scan_error", error))}>
              Show
            </button>
            <button type="button" aria-expanded={open === error} onClick={() => setOpen(open === error ? null : error)}>
              Traceback
            </button>
            {!scan.complete && scan.state !== "running" && (
              <button type="button" disabled={resume.isPending} onClick={() => resume.mutate({ scan })}>
                Resume
              </button>
            )}
          </span>
          {open === error && <Traceback scan={scan} scanner={scanner} error={error} />}
        </div>
      ))}
    </section>
  );
}

function Traceback({ scan, scanner, error }: { scan: ScanDetail; scanner: string; error: string }) {
  const { scan_id, location } = scan;
  const query = { scanner, location: folderOf(location) };
  const causes = useQuery(ask("/scans/{scan_id}/errors", { path: { scan_id }, query }));
  if (causes.error !== null) return <p role="alert">{causes.error.message}</p>;
  const traceback = causes.data?.items.find((cause) => cause.error === error)?.traceback ?? "";
  if (causes.data !== undefined && traceback === "") return <p className="muted">No traceback is recorded.</p>;
  return (
    <div className={styles.traceback}>
      <pre>
        <AnsiText text={traceback} />
      </pre>
      <CopyButton text={traceback} what="the traceback" />
    </div>
  );
}
