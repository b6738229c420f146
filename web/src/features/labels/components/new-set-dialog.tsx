import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useState } from "react";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { createFile } from "../api/label-files.ts";

/** Make a set; it opens at its queue. */
export function NewSetDialog({ onClose }: { onClose: () => void }) {
  const form = useId();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("labels/cases.csv");
  const making = useMutation({
    mutationFn: () => createFile(name.trim()),
    onSuccess: ({ file }) => {
      void queries.invalidateQueries({ queryKey: ["labels"] });
      onClose();
      void navigate({ to: "/labels/$file", params: { file }, search: { tab: "queue" } });
    },
  });
  return (
    <Dialog
      title="New set of validation cases"
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form={form} data-kind="primary" disabled={name.trim() === "" || making.isPending}>
            Make the set
          </button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <Field
          label="File"
          error={making.error?.message}
          help="A path in the project, but not among transcripts or scans. It ends in .csv, .yaml, .json or .jsonl. cases-SCANNER.csv says which scanner it is for."
        >
          {(control) => (
            <input
              {...control}
              type="text"
              value={name}
              spellCheck={false}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
