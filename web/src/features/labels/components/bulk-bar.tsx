import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { labelFilesQuery } from "../../../api/label-cases.ts";
import { formatCounted } from "../../../domain/format.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import { Field } from "../../../ui/field.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu } from "../../../ui/menu.tsx";
import { type BulkChange, useBulk } from "../model/use-bulk.ts";
import styles from "./bulk-bar.module.css";

interface BulkBarProps {
  file: string;
  splits: readonly string[];
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** What can be done with the cases that are selected. */
export function BulkBar({ file, splits, chosen, onDone }: BulkBarProps) {
  const files = useQuery(labelFilesQuery());
  const bulk = useBulk(file, onDone);
  const [isNaming, setNaming] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const run = (change: BulkChange) => bulk.change(change, chosen);
  const others = (files.data?.items ?? []).filter((each) => each.file !== file && each.problem === null);
  useKeys("Selected cases", [
    { keys: "d", label: "Delete the selected cases", run: () => setDeleting(true) },
    { label: "Give the selected cases another split", run: () => setNaming(true) },
  ]);
  const into = (kind: "copy" | "move") =>
    others.map((to) => ({ label: to.name, run: () => run({ kind, to: { file: to.file, name: to.name } }) }));
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected cases">
      <span>{formatCounted(chosen.size, "case")} selected</span>
      <Menu
        button="Split"
        groups={[
          splits.map((split) => ({ label: split, run: () => run({ kind: "split", split }) })),
          [
            { label: "Another split …", run: () => setNaming(true) },
            { label: "No split", run: () => run({ kind: "split", split: "" }) },
          ],
        ]}
      />
      <Menu button="Copy to" groups={[others.length === 0 ? NOWHERE : into("copy")]} />
      <Menu button="Move to" groups={[others.length === 0 ? NOWHERE : into("move")]} />
      <button type="button" data-kind="danger" onClick={() => setDeleting(true)}>
        Delete <kbd>d</kbd>
      </button>
      <button type="button" onClick={onDone}>
        Select none <kbd>esc</kbd>
      </button>
      {bulk.isChanging && <span role="status">Writing …</span>}
      {isNaming && <SplitDialog onClose={() => setNaming(false)} onName={(split) => run({ kind: "split", split })} />}
      {isDeleting && (
        <Dialog
          title={`Delete ${formatCounted(chosen.size, "case")}?`}
          onClose={() => setDeleting(false)}
          actions={
            <>
              <button type="button" onClick={() => setDeleting(false)}>
                Keep them
              </button>
              <button
                type="button"
                data-kind="danger"
                onClick={() => {
                  setDeleting(false);
                  run({ kind: "delete" });
                }}
              >
                Delete
              </button>
            </>
          }
        >
          <p>Lost: their labels, splits and comments. Scans keep what they have recorded of them.</p>
        </Dialog>
      )}
    </div>
  );
}

const NOWHERE = [{ label: "There is no other set", run: () => undefined, disabled: true }];

function SplitDialog({ onClose, onName }: { onClose: () => void; onName: (split: string) => void }) {
  const form = useId();
  const [name, setName] = useState("");
  return (
    <Dialog
      title="Another split"
      onClose={onClose}
      actions={
        <button type="submit" form={form} data-kind="primary" disabled={name.trim() === ""}>
          Assign
        </button>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onName(name.trim());
        }}
      >
        <Field label="Split" help="dev, test, or a name of your own.">
          {(control) => (
            <input {...control} type="text" value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
