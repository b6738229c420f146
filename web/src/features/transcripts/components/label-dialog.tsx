import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useId, useState } from "react";
import { formatCounted } from "../../../domain/format.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { toast } from "../../../ui/toast.ts";
import { addCases, createCases, labelFilesQuery } from "../api/add-cases.ts";
import { readAll } from "../api/read-all.ts";
import type { Meant } from "../model/commands.ts";
import { readTarget } from "../model/target.ts";
import { useListAddress } from "../model/use-list-address.ts";
import styles from "./label-dialog.module.css";

interface LabelDialogProps {
  meant: Meant;
  count: number;
  onClose: () => void;
}

const NEW_FILE = "";

/** Add transcripts to a file of labelled cases, all with the value that a scanner should give. */
export function LabelDialog({ meant, count, onClose }: LabelDialogProps) {
  const files = useQuery(labelFilesQuery());
  const usable = files.data?.items.filter(({ problem }) => problem === null) ?? [];
  const [chosen, setChosen] = useState<string>();
  const [name, setName] = useState("labels/cases.csv");
  const [target, setTarget] = useState("true");
  const [split, setSplit] = useState("");
  const file = chosen ?? usable[0]?.file ?? NEW_FILE;
  const form = useId();
  const adding = useAdding(meant, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    adding.mutate({ file, name, target, split });
  };
  return (
    <Dialog
      title={`Add ${formatCounted(count, "transcript")} to labels`}
      onClose={onClose}
      actions={
        <button type="submit" form={form} data-kind="primary" disabled={adding.isPending}>
          {adding.isPending ? "Adding ..." : "Add"}
        </button>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <Field label="File" error={files.error?.message}>
          {(control) => (
            <select {...control} value={file} onChange={(event) => setChosen(event.target.value)}>
              {usable.map((each) => (
                <option key={each.file} value={each.file}>
                  {each.name} ({formatCounted(each.cases ?? 0, "case")})
                </option>
              ))}
              <option value={NEW_FILE}>A new file ...</option>
            </select>
          )}
        </Field>
        {file === NEW_FILE && (
          <Field label="Its name" help="In the project; .csv, .yaml, .json or .jsonl.">
            {(control) => (
              <input {...control} type="text" required value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        )}
        <Field
          label="What a scanner should say of them"
          help="true, false, a number or a text; empty: nothing is expected."
        >
          {(control) => (
            <input {...control} type="text" value={target} onChange={(event) => setTarget(event.target.value)} />
          )}
        </Field>
        <Field label="Split" help="A part of the cases, such as dev or test; may be empty.">
          {(control) => (
            <input {...control} type="text" value={split} onChange={(event) => setSplit(event.target.value)} />
          )}
        </Field>
        <p className="muted">A transcript that has a case in the file keeps it.</p>
        {adding.error !== null && (
          <p role="alert" className={styles.problem}>
            {adding.error.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}

interface Added {
  file: string;
  name: string;
  target: string;
  split: string;
}

function useAdding(meant: Meant, onDone: () => void) {
  const { list } = useListAddress();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ file, name, target, split }: Added) => {
      const cases = (await idsOf(list, meant)).map((id) => ({
        id,
        target: readTarget(target),
        ...(split.trim() === "" ? {} : { split: split.trim() }),
      }));
      const added = await (file === NEW_FILE ? createCases(name.trim(), cases) : addCases(file, cases));
      return { added, kept: cases.length - added };
    },
    onSuccess: ({ added, kept }) => {
      void queries.invalidateQueries({ queryKey: ["labels"] });
      toast(
        `Added ${formatCounted(added, "case")}${kept > 0 ? `; ${formatCounted(kept, "transcript")} had one already` : ""}.`,
      );
      onDone();
    },
  });
}

async function idsOf(list: Parameters<typeof readAll>[0], meant: Meant): Promise<readonly string[]> {
  if (meant !== "all") return meant;
  const ids: string[] = [];
  for await (const { rows } of readAll(list, "all", ["transcript_id"], new AbortController().signal)) {
    ids.push(...rows.map((row) => row.transcript_id));
  }
  return ids;
}
