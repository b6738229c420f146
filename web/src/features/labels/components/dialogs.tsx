import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { send } from "../../../api/client.ts";
import type { LabelFileItem } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { TextField } from "../../../ui/fields.tsx";
import { ConfirmDialog, Dialog, Menu } from "../../../ui/floating.tsx";
import { toast } from "../../../ui/toast.ts";

interface NameProps {
  title: string;
  label: string;
  help: string;
  note?: ReactNode;
  /** What stands in the field first. */
  name?: string;
  action: string;
  error?: Error | null;
  isBusy?: boolean;
  onName: (name: string) => void;
  onClose: () => void;
}

/** Ask for a name. */
export function NameDialog({ title, action, error = null, isBusy = false, onName, onClose, ...asked }: NameProps) {
  const form = useId();
  const [name, setName] = useState(asked.name ?? "");
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form={form} data-kind="primary" disabled={name.trim() === "" || isBusy}>
            {action}
          </button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          onName(name.trim());
        }}
      >
        <TextField
          label={asked.label}
          help={asked.help}
          note={asked.note}
          error={error?.message}
          value={name}
          onChange={setName}
        />
      </form>
    </Dialog>
  );
}

/** Make a set; it opens at its queue. */
export function NewSetDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: (name: string) => send("POST", "/labels", { body: { name, cases: [] } }),
    onSuccess: ({ file }) => {
      void queries.invalidateQueries({ queryKey: ["labels"] });
      onClose();
      void navigate({ to: "/labels/$file", params: { file }, search: { tab: "queue" } });
    },
  });
  return (
    <NameDialog
      title="New set of validation cases"
      label="File"
      help="A path in the project, but not among transcripts or scans. It ends in .csv, .yaml, .json or .jsonl. cases-SCANNER.csv says which scanner it is for."
      name="labels/cases.csv"
      action="Make the set"
      error={making.error}
      isBusy={making.isPending}
      onName={making.mutate}
      onClose={onClose}
    />
  );
}

interface SetMenuProps {
  file: Pick<LabelFileItem, "file" | "name" | "cases" | "splits">;
  /** Told where the set is after a change; null: nowhere. */
  onMoved?: (file: string | null) => void;
}

/** Rename a set, or delete it. */
export function SetMenu({ file: { file, name, cases, splits }, onMoved }: SetMenuProps) {
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"rename" | "delete" | null>(null);
  const moved = (to: string | null) => {
    void queries.invalidateQueries({ queryKey: ["labels"] });
    setAsked(null);
    onMoved?.(to);
  };
  const renaming = useMutation({
    mutationFn: (to: string) => send("PUT", "/labels/{file}/name", { path: { file }, body: { name: to } }),
    onSuccess: (made) => moved(made.file),
  });
  const deleting = useMutation({
    mutationFn: () => send("DELETE", "/labels/{file}", { path: { file }, etag: "*" }),
    onSuccess: () => {
      toast(`${name} is in the trash.`);
      moved(null);
    },
  });
  const open = (what: "rename" | "delete") => {
    renaming.reset();
    deleting.reset();
    setAsked(what);
  };
  const [, base = name, ending = ""] = /([^/]*?)(\.[^./]*)?$/.exec(name) ?? [];
  const named = Object.keys(splits).filter(Boolean);
  return (
    <>
      <Menu
        button={<Icon name="more" />}
        name={`What can be done with ${name}`}
        kind="plain"
        groups={[
          [{ label: "Rename …", run: () => open("rename") }],
          [{ label: "Delete …", isDangerous: true, run: () => open("delete") }],
        ]}
      />
      {asked === "rename" && (
        <NameDialog
          title={`Rename ${name}`}
          label="Name"
          help="Lost: scout.yaml, job files and commands that name the set still name the old file. Scans keep their cases."
          note={<span className="muted">{ending}</span>}
          name={base}
          action="Rename"
          error={renaming.error}
          isBusy={renaming.isPending}
          onName={renaming.mutate}
          onClose={() => setAsked(null)}
        />
      )}
      {asked === "delete" && (
        <ConfirmDialog
          title={`Delete ${name}?`}
          keep="Keep it"
          action="Move to the trash"
          error={deleting.error}
          disabled={deleting.isPending}
          onConfirm={deleting.mutate}
          onClose={() => setAsked(null)}
        >
          <p>
            Lost: {formatCounted(cases ?? 0, "label")}
            {named.length > 0 && `, of the splits ${named.join(", ")}`}. What scans have recorded of them stays. The
            file goes to the trash of this machine.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
