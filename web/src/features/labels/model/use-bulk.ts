import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ConflictError } from "../../../api/errors.ts";
import { formatCounted } from "../../../domain/format.ts";
import { toast } from "../../../ui/toast.ts";
import { casesQuery, replaceCases } from "../api/cases.ts";
import { type Case, type Fields, merged } from "./cases.ts";

export type BulkChange =
  | { kind: "split"; split: string }
  | { kind: "delete" }
  | { kind: "copy" | "move"; to: { file: string; name: string } };

/** Change many cases of a file at once; a toast says what was done, and undoes it. */
export function useBulk(file: string, onDone: () => void) {
  const queries = useQueryClient();
  const write = async (into: string, change: (cases: readonly Case[]) => readonly Fields[]) => {
    const known = await queries.fetchQuery({ ...casesQuery(into), staleTime: 0 });
    await replaceCases(into, change(known.items), known.etag ?? "*");
    return known.items.map((each) => each.fields);
  };
  const changing = useMutation({
    mutationFn: async ({ change, keys }: { change: BulkChange; keys: ReadonlySet<string> }) => {
      const before: { file: string; cases: readonly Fields[] }[] = [];
      const keep = async (into: string, how: (cases: readonly Case[]) => readonly Fields[]) => {
        before.unshift({ file: into, cases: await write(into, how) });
      };
      const isChosen = (each: Case) => keys.has(each.key);
      if (change.kind === "split") {
        await keep(file, (cases) =>
          cases.map((each) => (isChosen(each) ? withSplit(each.fields, change.split) : each.fields)),
        );
      }
      if (change.kind === "copy" || change.kind === "move") {
        const { items } = await queries.fetchQuery({ ...casesQuery(file), staleTime: 0 });
        await keep(change.to.file, (cases) => merged(cases, items.filter(isChosen)));
      }
      // What is moved is taken out once it stands elsewhere.
      if (change.kind === "delete" || change.kind === "move") {
        await keep(file, (cases) => cases.filter((each) => !isChosen(each)).map((each) => each.fields));
      }
      return before;
    },
    onSuccess: (before, { change, keys }) => {
      const undo = async () => {
        for (const each of before) await write(each.file, () => each.cases);
        await queries.invalidateQueries({ queryKey: ["labels"] });
      };
      toast(`${doneWords(change)}: ${formatCounted(keys.size, "case")}.`, {
        action: { label: "Undo", run: () => void undo().catch(tell) },
      });
      onDone();
    },
    onError: tell,
    onSettled: () => queries.invalidateQueries({ queryKey: ["labels"] }),
  });
  return {
    isChanging: changing.isPending,
    change: (change: BulkChange, keys: ReadonlySet<string>) => changing.mutate({ change, keys }),
  };
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
