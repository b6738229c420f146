import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { caseKey } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/errors.ts";
import type { EvidenceResult, LabelFileItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { type KnownCase, labelCaseQuery, labelFilesQuery, putCase } from "../../../api/label-cases.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { CommandLine } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { projectQuery } from "../api/read-project.ts";
import { labelFileOf, type Target, targetsOf } from "../model/labelling.ts";
import { valueWords } from "../model/result-row.ts";
import styles from "./label-bar.module.css";

interface LabelBarProps {
  scan: ScanDetail;
  scanner: string;
  result: EvidenceResult;
  transcriptId: string;
}

/** Say at once whether a result is right: the label goes to the file that the project names for the scanner. */
export function LabelBar({ scan, scanner, result, transcriptId }: LabelBarProps) {
  const project = useQuery(projectQuery);
  const files = useQuery(labelFilesQuery());
  if (project.data === undefined || files.data === undefined) return null;
  const file = labelFileOf(project.data.config, scanner, files.data.items);
  if (file === undefined) return <NoFile scanner={scanner} />;
  const targets = targetsOf(
    result.value,
    scan.findings?.find((each) => each.scanner === scanner),
  );
  return <Labels file={file} targets={targets} transcriptId={transcriptId} />;
}

function NoFile({ scanner }: { scanner: string }) {
  return (
    <details className={styles.none}>
      <summary>No labels for {scanner} yet</summary>
      <p>Make a file of cases, and name it in scout.yaml; then y, n and numbers label at once.</p>
      <CommandLine command={`mkdir -p labels && printf 'id,target\\n' > labels/${scanner}.csv`} />
      <pre>{`validation:\n  ${scanner}: labels/${scanner}.csv`}</pre>
    </details>
  );
}

interface LabelsProps {
  file: LabelFileItem;
  targets: readonly Target[];
  transcriptId: string;
}

function Labels({ file, targets, transcriptId }: LabelsProps) {
  const queries = useQueryClient();
  const known = useQuery(labelCaseQuery(file.file, transcriptId));
  const putting = useMutation({
    mutationFn: ({ of, value }: { of: KnownCase; value: unknown }) =>
      putCase(file.file, caseKey(transcriptId), { ...(of.fields ?? { id: transcriptId }), target: value }, of.etag),
    onSuccess: (_, { value }) => toast(`Labelled ${valueWords(value)} in ${file.name}.`),
    onError: (error) =>
      toast(
        error instanceof ConflictError
          ? "The file has changed meanwhile; it was read again. Label once more."
          : error.message,
        {
          tone: "error",
        },
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ["labels"] }),
  });
  const label = (value: unknown) => known.data !== undefined && putting.mutate({ of: known.data, value });
  useKeys(
    "Label",
    targets.map((target) => ({
      keys: target.key,
      label: `${target.name}: label ${valueWords(target.value)}`,
      run: () => label(target.value),
    })),
  );
  const given = known.data?.fields?.target;
  return (
    <fieldset
      className={styles.labels}
      aria-label={`Label in ${file.name}`}
      disabled={putting.isPending || known.data === undefined}
    >
      {targets.map((target) => (
        <button
          key={target.key}
          type="button"
          aria-pressed={given !== undefined && JSON.stringify(given) === JSON.stringify(target.value)}
          onClick={() => label(target.value)}
        >
          {target.name} <kbd>{target.key}</kbd>
        </button>
      ))}
      <span className={styles.given}>{known.error?.message ?? labelWords(known.data, file.name)}</span>
    </fieldset>
  );
}

/** What the file says of the transcript; nothing before it was read, so that nobody labels what has a label. */
function labelWords(known: KnownCase | undefined, name: string): string {
  if (known === undefined) return "";
  const target = known.fields?.target;
  return target === undefined ? `no label in ${name}` : `labelled ${valueWords(target)} in ${name}`;
}
