import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { LabelFileItem } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { Menu } from "../../../ui/menu.tsx";
import { toast } from "../../../ui/toast.ts";
import { deleteFile, renameFile } from "../api/label-files.ts";

interface SetMenuProps {
  file: Pick<LabelFileItem, "file" | "name" | "cases" | "splits">;
  /** Told where the set is after a change; null: nowhere. */
  onMoved?: (file: string | null) => void;
}

/** Rename a set, or delete it. */
export function SetMenu({ file, onMoved }: SetMenuProps) {
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  const close = () => setAsked(null);
  return (
    <>
      <Menu
        button={<Icon name="more" />}
        name={`What can be done with ${file.name}`}
        kind="plain"
        groups={[
          [{ label: "Rename …", run: () => setAsked("rename") }],
          [{ label: "Delete …", isDangerous: true, run: () => setAsked("delete") }],
        ]}
      />
      {asked === "rename" && <RenameDialog file={file} onMoved={onMoved} onClose={close} />}
      {asked === "delete" && <DeleteDialog file={file} onMoved={onMoved} onClose={close} />}
    </>
  );
}

interface SetDialogProps {
  file: SetMenuProps["file"];
  onMoved: SetMenuProps["onMoved"] | undefined;
  onClose: () => void;
}

function RenameDialog({ file, onMoved, onClose }: SetDialogProps) {
  const queries = useQueryClient();
  const base = file.name.slice(file.name.lastIndexOf("/") + 1);
  const ending = base.slice(base.lastIndexOf("."));
  const [name, setName] = useState(base.slice(0, base.length - ending.length));
  const renaming = useMutation({
    mutationFn: () => renameFile(file.file, name.trim()),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["labels"] });
      onClose();
      onMoved?.(made.file);
    },
  });
  return (
    <Dialog
      title={`Rename ${file.name}`}
      onClose={onClose}
      actions={
        <button type="button" data-kind="primary" disabled={renaming.isPending} onClick={() => renaming.mutate()}>
          Rename
        </button>
      }
    >
      <Field
        label="Name"
        note={<span className="muted">{ending}</span>}
        error={renaming.error?.message}
        help="Lost: scout.yaml, job files and commands that name the set still name the old file. Scans keep their cases."
      >
        {(control) => <input {...control} type="text" value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
    </Dialog>
  );
}

function DeleteDialog({ file, onMoved, onClose }: SetDialogProps) {
  const queries = useQueryClient();
  const deleting = useMutation({
    mutationFn: () => deleteFile(file.file),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["labels"] });
      toast(`${file.name} is in the trash.`);
      onClose();
      onMoved?.(null);
    },
  });
  const splits = Object.keys(file.splits).filter(Boolean);
  return (
    <Dialog
      title={`Delete ${file.name}?`}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Keep it
          </button>
          <button type="button" data-kind="danger" disabled={deleting.isPending} onClick={() => deleting.mutate()}>
            Move to the trash
          </button>
        </>
      }
    >
      <p>
        Lost: {formatCounted(file.cases ?? 0, "label")}
        {splits.length > 0 && `, of the splits ${splits.join(", ")}`}. What scans have recorded of them stays. The file
        goes to the trash of this machine.
      </p>
      {deleting.error !== null && <p role="alert">{deleting.error.message}</p>}
    </Dialog>
  );
}
