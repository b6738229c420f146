import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ScanDetail } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { AnsiText } from "../../../ui/content/ansi-text.tsx";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { VerdictDot } from "../../../ui/verdict-dot.tsx";
import { useScanChanges } from "../api/change-scan.ts";
import { errorsQuery } from "../api/read-scan.ts";
import { equals } from "../model/conditions.ts";
import { folderOf } from "../model/scan-place.ts";
import styles from "./error-groups.module.css";

interface ErrorGroupsProps {
  scan: ScanDetail;
  scanner: string;
  canResume: boolean;
  onShow: (condition: string) => void;
}

/** What went wrong, by cause: never hidden, and first. */
export function ErrorGroups({ scan, scanner, canResume, onShow }: ErrorGroupsProps) {
  const groups = scan.error_groups.filter((group) => group.scanners[scanner] !== undefined);
  const { resume } = useScanChanges();
  const [open, setOpen] = useState<string | null>(null);
  if (groups.length === 0) return null;
  return (
    <section aria-label="Errors" className={styles.errors}>
      {groups.map((group) => (
        <div key={group.error} className={styles.group}>
          <p>
            <VerdictDot verdict="error" />
            <b>×{group.scanners[scanner]}</b>
            <span className={styles.message} title={group.error}>
              <InertText text={group.error} />
            </span>
            <span className={styles.fact}>
              {formatCounted(group.transcript_count, "transcript")}
              {group.refusal && " · the model refused"}
            </span>
          </p>
          <span className={styles.actions}>
            <button type="button" onClick={() => onShow(equals("scan_error", group.error))}>
              Show
            </button>
            <button
              type="button"
              aria-expanded={open === group.error}
              onClick={() => setOpen(open === group.error ? null : group.error)}
            >
              Traceback
            </button>
            {canResume && (
              <button type="button" disabled={resume.isPending} onClick={() => resume.mutate({ scan })}>
                Resume
              </button>
            )}
          </span>
          {open === group.error && <Traceback scan={scan} scanner={scanner} error={group.error} />}
        </div>
      ))}
    </section>
  );
}

function Traceback({ scan, scanner, error }: { scan: ScanDetail; scanner: string; error: string }) {
  const causes = useQuery(errorsQuery(scan.scan_id, folderOf(scan.location), scanner));
  if (causes.error !== null) return <p role="alert">{causes.error.message}</p>;
  const traceback = causes.data?.items.find((cause) => cause.error === error)?.traceback;
  if (causes.data !== undefined && !traceback) return <p className="muted">No traceback is recorded.</p>;
  return (
    <div className={styles.traceback}>
      <pre>
        <AnsiText text={traceback ?? ""} />
      </pre>
      <CopyButton text={traceback ?? ""} what="the traceback" />
    </div>
  );
}
