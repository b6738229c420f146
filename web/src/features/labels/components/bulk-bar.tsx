import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { send } from "../../../api/client.ts";
import { ConflictError } from "../../../api/connection.ts";
import { formatCounted } from "../../../domain/format.ts";
import { ConfirmDialog, Menu } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { toast } from "../../../ui/toast.ts";
import { type Case, type Fields, merged } from "../model/cases.ts";
import { casesQuery } from "../model/use-labels.ts";
import styles from "./cases-tab.module.css";
import { NameDialog } from "./dialogs.tsx";

interface BulkBarProps {
  file: string;
  splits: readonly string[];
  chosen: ReadonlySet<string>;
  onDone: () => void;
}

/** What can be done with the cases that are selected. */
export function BulkBar({ file, splits, chosen, onDone }: BulkBarProps) {
  const files = useQuery(ask("/labels"));
  const changing = useBulk(file, chosen, onDone);
  const [asked, setAsked] = useState<"split" | "delete" | null>(null);
  const others = (files.data?.items ?? []).filter((each) => each.file !== file && each.problem === null);
  useKeys("Selected cases", [
    { keys: "d", label: "Delete the selected cases", run: () => setAsked("delete") },
    { label: "Give the selected cases another split", run: () => setAsked("split") },
  ]);
  const split = (to: string) => {
    setAsked(null);
    changing.mutate({
      done: to === "" ? "Of no split now" : `Split ${to}`,
      change: ({ split: _, ...rest }) => [to === "" ? rest : { ...rest, split: to }],
    });
  };
  const copy = others.map(({ name, file: into }) => ({
    label: name,
    run: () => changing.mutate({ done: `Copied to ${name}`, into }),
  }));
  const move = others.map(({ name, file: into }) => ({
    label: name,
    run: () => changing.mutate({ done: `Moved to ${name}`, into, change: TAKE_OUT }),
  }));
  const nowhere = { label: "There is no other set", run: () => undefined, disabled: true };
  return (
    <div className={styles.selected} role="toolbar" aria-label="Selected cases">
      <span>{formatCounted(chosen.size, "case")} selected</span>
      <Menu
        button="Split"
        groups={[
          splits.map((to) => ({ label: to, run: () => split(to) })),
          [
            { label: "Another split …", run: () => setAsked("split") },
            { label: "No split", run: () => split("") },
          ],
        ]}
      />
      <Menu button="Copy to" groups={[others.length === 0 ? [nowhere] : copy]} />
      <Menu button="Move to" groups={[others.length === 0 ? [nowhere] : move]} />
      <button type="button" data-kind="danger" onClick={() => setAsked("delete")}>
        Delete <kbd>d</kbd>
      </button>
      <button type="button" onClick={onDone}>
        Select none <kbd>esc</kbd>
      </button>
      {changing.isPending && <span role="status">Writing …</span>}
      {asked === "split" && (
        <NameDialog
          title="Another split"
          label="Split"
          help="dev, test, or a name of your own."
          action="Assign"
          onClose={() => setAsked(null)}
          onName={split}
        />
      )}
      {asked === "delete" && (
        <ConfirmDialog
          title={`Delete ${formatCounted(chosen.size, "case")}?`}
          keep="Keep them"
          action="Delete"
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null);
            changing.mutate({ done: "Deleted", change: TAKE_OUT });
          }}
        >
          <p>Lost: their labels, splits and comments. Scans keep what they have recorded of them.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

interface BulkChange {
  /** What was done, for the toast. */
  done: string;
  /** Another file that takes the cases. */
  into?: string;
  /** What becomes of each in its own file; without this, it stays. */
  change?: (fields: Fields) => readonly Fields[];
}

const TAKE_OUT = () => [];

/** Change many cases of a file at once; a toast says what was done, and undoes it. */
function useBulk(file: string, keys: ReadonlySet<string>, onDone: () => void) {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["labels"] });
  const read = (from: string) => queries.fetchQuery({ ...casesQuery(from), staleTime: 0 });
  /** Gives what takes it back. */
  const write = async (file: string, change: (cases: readonly Case[]) => readonly Fields[]) => {
    const { items, etag } = await read(file);
    await send("PUT", "/labels/{file}", {
      path: { file },
      body: { cases: [...change(items)] },
      etag: etag === "" ? "*" : `"${etag}"`,
    });
    return () => write(file, () => items.map((each) => each.fields));
  };
  return useMutation({
    mutationFn: async ({ into, change }: BulkChange) => {
      const undo: (() => Promise<unknown>)[] = [];
      if (into !== undefined) {
        const { items } = await read(file);
        const chosen = items.filter((each) => keys.has(each.key));
        undo.unshift(await write(into, (cases) => merged(cases, chosen)));
      }
      // What is moved is taken out once it stands elsewhere.
      if (change !== undefined) {
        const changed = ({ key, fields }: Case) => (keys.has(key) ? change(fields) : [fields]);
        undo.unshift(await write(file, (cases) => cases.flatMap(changed)));
      }
      return undo;
    },
    onSuccess: (undo, { done }) => {
      const takeBack = async () => {
        for (const each of undo) await each();
        await again();
      };
      toast(`${done}: ${formatCounted(keys.size, "case")}.`, {
        action: { label: "Undo", run: () => void takeBack().catch(tell) },
      });
      onDone();
    },
    onError: tell,
    onSettled: again,
  });
}

function tell(error: Error): void {
  const words =
    error instanceof ConflictError
      ? "Somebody else has changed the file meanwhile; nothing was written. It was read again."
      : error.message;
  toast(words, { tone: "error" });
}
