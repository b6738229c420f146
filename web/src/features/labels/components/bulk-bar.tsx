import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { send } from "../../../api/client.ts";
import { ConflictError } from "../../../api/errors.ts";
import { formatCounted } from "../../../domain/format.ts";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { Menu } from "../../../ui/menu.tsx";
import { toast } from "../../../ui/toast.ts";
import { type Case, type Fields, merged } from "../model/cases.ts";
import { casesQuery } from "../model/use-labels.ts";
import styles from "./cases-tab.module.css";
import { DeleteDialog, NameDialog } from "./dialogs.tsx";

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
  const into = (kind: "copy" | "move") =>
    others.length === 0
      ? [{ label: "There is no other set", run: () => undefined, disabled: true }]
      : others.map((to) => ({ label: to.name, run: () => changing.mutate({ kind, to }) }));
  return (
    <div className={styles.selected} role="toolbar" aria-label="Selected cases">
      <span>{formatCounted(chosen.size, "case")} selected</span>
      <Menu
        button="Split"
        groups={[
          splits.map((split) => ({ label: split, run: () => changing.mutate({ kind: "split", split }) })),
          [
            { label: "Another split …", run: () => setAsked("split") },
            { label: "No split", run: () => changing.mutate({ kind: "split", split: "" }) },
          ],
        ]}
      />
      <Menu button="Copy to" groups={[into("copy")]} />
      <Menu button="Move to" groups={[into("move")]} />
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
          onName={(split) => {
            setAsked(null);
            changing.mutate({ kind: "split", split });
          }}
        />
      )}
      {asked === "delete" && (
        <DeleteDialog
          title={`Delete ${formatCounted(chosen.size, "case")}?`}
          keep="Keep them"
          action="Delete"
          onClose={() => setAsked(null)}
          onDelete={() => {
            setAsked(null);
            changing.mutate({ kind: "delete" });
          }}
        >
          Lost: their labels, splits and comments. Scans keep what they have recorded of them.
        </DeleteDialog>
      )}
    </div>
  );
}

type BulkChange =
  | { kind: "split"; split: string }
  | { kind: "delete" }
  | { kind: "copy" | "move"; to: { file: string; name: string } };

/** Change many cases of a file at once; a toast says what was done, and undoes it. */
function useBulk(file: string, keys: ReadonlySet<string>, onDone: () => void) {
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["labels"] });
  const read = (from: string) => queries.fetchQuery({ ...casesQuery(from), staleTime: 0 });
  /** Gives what takes it back. */
  const write = async (into: string, change: (cases: readonly Case[]) => readonly Fields[]) => {
    const { items, etag } = await read(into);
    const body = { cases: [...change(items)] };
    await send("PUT", "/labels/{file}", { path: { file: into }, body, etag: etag === "" ? "*" : `"${etag}"` });
    return () => write(into, () => items.map((each) => each.fields));
  };
  const isChosen = (each: Case) => keys.has(each.key);
  return useMutation({
    mutationFn: async (change: BulkChange) => {
      if (change.kind === "split") {
        const { split } = change;
        return [
          await write(file, (cases) =>
            cases.map((each) => (isChosen(each) ? withSplit(each.fields, split) : each.fields)),
          ),
        ];
      }
      const undo: (() => Promise<unknown>)[] = [];
      if (change.kind !== "delete") {
        const { items } = await read(file);
        undo.unshift(await write(change.to.file, (cases) => merged(cases, items.filter(isChosen))));
      }
      // What is moved is taken out once it stands elsewhere.
      if (change.kind !== "copy") {
        const rest = (cases: readonly Case[]) => cases.filter((each) => !isChosen(each)).map((each) => each.fields);
        undo.unshift(await write(file, rest));
      }
      return undo;
    },
    onSuccess: (undo, change) => {
      const takeBack = async () => {
        for (const each of undo) await each();
        await again();
      };
      toast(`${doneWords(change)}: ${formatCounted(keys.size, "case")}.`, {
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

function withSplit(fields: Fields, split: string): Fields {
  const { split: _, ...rest } = fields;
  return split === "" ? rest : { ...rest, split };
}

function doneWords(change: BulkChange): string {
  if (change.kind === "split") return change.split === "" ? "Of no split now" : `Split ${change.split}`;
  if (change.kind === "delete") return "Deleted";
  return `${change.kind === "copy" ? "Copied" : "Moved"} to ${change.to.name}`;
}
