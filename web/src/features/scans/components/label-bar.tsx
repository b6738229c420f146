import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "../../../api/ask.ts";
import { caseKey } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/errors.ts";
import type { EvidenceResult, LabelFileItem, ScanDetail } from "../../../api/generated/types.gen.ts";
import { type KnownCase, labelCaseQuery, putCase } from "../../../api/label-cases.ts";
import { valueWords } from "../../../domain/values.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { CommandLine } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { labelFileOf, type Target, targetsOf } from "../model/findings.ts";
import styles from "./label-bar.module.css";

interface LabelBarProps {
  scan: ScanDetail;
  scanner: string;
  result: EvidenceResult;
  transcriptId: string;
}

/** Say at once whether a result is right: the label goes to the file that the project names for the scanner. */
export function LabelBar({ scan, scanner, result, transcriptId }: LabelBarProps) {
  const project = useQuery(ask("/project")).data;
  const files = useQuery(ask("/labels")).data;
  if (project === undefined || files === undefined) return null;
  const file = labelFileOf(project.config, scanner, files.items);
  if (file === undefined) return <NoFile scanner={scanner} />;
  const found = scan.findings?.find((each) => each.scanner === scanner);
  return <Labels file={file} targets={targetsOf(result.value, found)} transcriptId={transcriptId} />;
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

function Labels({ file: { file, name }, targets, transcriptId }: LabelsProps) {
  const queries = useQueryClient();
  const { data: known, error } = useQuery(labelCaseQuery(file, transcriptId));
  const putting = useMutation({
    mutationFn: ({ of, value }: { of: KnownCase; value: unknown }) =>
      putCase(file, caseKey(transcriptId), { ...(of.fields ?? { id: transcriptId }), target: value }, of.etag),
    onSuccess: (_, { value }) => toast(`Labelled ${valueWords(value)} in ${name}.`),
    onError: (refused) => {
      const isOld = refused instanceof ConflictError;
      const words = "The file has changed meanwhile; it was read again. Label once more.";
      toast(isOld ? words : refused.message, { tone: "error" });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["labels"] }),
  });
  const label = (value: unknown) => known !== undefined && putting.mutate({ of: known, value });
  useKeys(
    "Label",
    targets.map((target) => ({
      keys: target.key,
      label: `${target.name}: label ${valueWords(target.value)}`,
      run: () => label(target.value),
    })),
  );
  const given = known?.fields?.target;
  const words = given === undefined ? `no label in ${name}` : `labelled ${valueWords(given)} in ${name}`;
  return (
    <fieldset
      className={styles.labels}
      aria-label={`Label in ${name}`}
      disabled={putting.isPending || known === undefined}
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
      {/* Nothing before the file was read, so that nobody labels what has a label. */}
      <span className={styles.given}>{error?.message ?? (known !== undefined && words)}</span>
    </fieldset>
  );
}
