import { useState } from "react";
import type { JobItem, ScannerFileItem, ScannerSourceItem } from "../../../api/generated/types.gen.ts";
import { SearchField } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { purposeOf } from "../model/parameters.ts";
import { scannerId } from "../model/run-form.ts";
import styles from "./scanner-list.module.css";
import type { RunForm } from "./use-run-form.ts";

const KINDS: Readonly<Record<ScannerSourceItem["kind"], string>> = {
  llm: "asks a model",
  grep: "searches",
  custom: "code",
};

/** The scanners and jobs of the project, to choose from: several scanners, or one job. */
export function ScannerList({ form }: { form: RunForm }) {
  const [sought, setSought] = useState("");
  const isSought = (text: string) => text.toLowerCase().includes(sought.toLowerCase());
  const files = form.files
    .map((file) => ({
      ...file,
      scanners: file.scanners.filter((scanner) => isSought(`${file.path} ${scanner.name} ${purposeOf(scanner)}`)),
    }))
    .filter((file) => file.scanners.length > 0 || (file.problem !== null && isSought(file.path)));
  const jobs = form.jobs.filter((job) => isSought(job.path));
  return (
    <div className={styles.list}>
      <div className={styles.search}>
        <SearchField name="Find a scanner or job" value={sought} onChange={setSought} />
      </div>
      {files.map((file) => (
        <FileOfScanners key={file.path} file={file} form={form} />
      ))}
      {jobs.length > 0 && (
        <fieldset className={styles.file}>
          <legend>Jobs</legend>
          {jobs.map((job) => (
            <JobLine key={job.path} job={job} form={form} />
          ))}
        </fieldset>
      )}
      {files.length === 0 && jobs.length === 0 && <p className={styles.none}>Nothing is called so.</p>}
    </div>
  );
}

function FileOfScanners({ file, form }: { file: ScannerFileItem; form: RunForm }) {
  return (
    <fieldset className={styles.file}>
      <legend className="mono">{file.path}</legend>
      {file.problem !== null && (
        <p className={styles.problem}>
          <Icon name="warning" size={12} /> {file.problem}
        </p>
      )}
      {file.scanners.map((scanner) => (
        <ScannerLine key={scanner.name} id={scannerId(file.path, scanner.name)} scanner={scanner} form={form} />
      ))}
    </fieldset>
  );
}

function ScannerLine({ id, scanner, form }: { id: string; scanner: ScannerSourceItem; form: RunForm }) {
  const chosen = form.search.scanner ?? [];
  const isChosen = form.search.job === undefined && chosen.includes(id);
  const choose = (wanted: boolean) => {
    const others = form.search.job === undefined ? chosen.filter((each) => each !== id) : [];
    const now = wanted ? [...others, id] : others;
    form.change({ scanner: now.length === 0 ? undefined : now, job: undefined });
  };
  return (
    <label className={styles.line} data-chosen={isChosen || undefined}>
      <input type="checkbox" checked={isChosen} onChange={(event) => choose(event.target.checked)} />
      <span className={styles.name}>{scanner.name}</span>
      <span className={styles.kind}>{KINDS[scanner.kind]}</span>
      <span className={styles.purpose}>{purposeOf(scanner)}</span>
    </label>
  );
}

function JobLine({ job, form }: { job: JobItem; form: RunForm }) {
  return (
    <label className={styles.line} data-chosen={form.search.job === job.path || undefined}>
      <input
        type="radio"
        name="job"
        checked={form.search.job === job.path}
        disabled={job.problem !== null}
        onChange={() => form.change({ job: job.path, scanner: undefined, arg: undefined })}
      />
      <span className={styles.name}>{job.path}</span>
      <span className={styles.kind}>job</span>
      <span className={styles.purpose}>{job.problem ?? scannersOf(job)}</span>
    </label>
  );
}

function scannersOf({ job }: JobItem): string {
  const { scanners } = job;
  if (typeof scanners !== "object" || scanners === null) return "";
  if (!Array.isArray(scanners)) return Object.keys(scanners).join(", ");
  return scanners.map((each) => String((each as { name?: unknown }).name ?? "")).join(", ");
}
