import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type SyntheticEvent, useId, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { read, send } from "../../../api/client.ts";
import type { LabelCaseItem, LabelCases } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { SelectField, TextField } from "../../../ui/fields.tsx";
import { Dialog } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { AsCommand } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { listCommands, type Meant, readAll, runHref } from "../model/leaving.ts";
import type { ListAddress } from "../model/list.ts";
import { useFields, useListAddress } from "../model/use-list.ts";
import { ExportMenu } from "./export-menu.tsx";
import styles from "./selection-bar.module.css";

interface SelectionBarProps {
  meant: Meant;
  /** How many are in the list; undefined while nobody knows. */
  total: number | undefined;
  /** Columns that are shown, for what leaves the page. */
  columns: readonly string[];
  onAll: () => void;
  onNone: () => void;
}

/** What can be done with the transcripts that were selected. */
export function SelectionBar({ meant, total = 0, columns, onAll, onNone }: SelectionBarProps) {
  const { list } = useListAddress();
  const { locations } = useFields();
  const { history } = useRouter();
  const [isLabelling, setLabelling] = useState(false);
  const count = meant === "all" ? total : meant.length;
  const scan = () => history.push(runHref(list, meant));
  useKeys("Transcripts", [
    { keys: "r", label: "Scan those selected", run: scan },
    { keys: "l", label: "Add those selected to labels", run: () => setLabelling(true) },
    ...(meant === "all" ? [] : [{ keys: "A", label: "Select all of the list", run: onAll }]),
  ]);
  return (
    <section className={styles.bar} aria-label="Selected transcripts">
      <span role="status" className={styles.count}>
        {formatCounted(count, "transcript")} selected
      </span>
      {meant !== "all" && count < total && (
        <button type="button" data-kind="link" onClick={onAll}>
          all {formatCount(total)} {list.where.length > 0 ? "that meet the filters" : "of the list"}
        </button>
      )}
      <span className={styles.space} />
      <button type="button" data-kind="primary" onClick={scan}>
        Scan these <kbd>r</kbd>
      </button>
      <button type="button" onClick={() => setLabelling(true)}>
        Add to labels <kbd>l</kbd>
      </button>
      <ExportMenu meant={meant} columns={columns} />
      <AsCommand commands={listCommands(list, locations, meant)} />
      <button type="button" onClick={onNone}>
        Select none <kbd>Esc</kbd>
      </button>
      {isLabelling && <LabelDialog meant={meant} count={count} onClose={() => setLabelling(false)} />}
    </section>
  );
}

const NEW_FILE = "";

/** Add transcripts to a file of labelled cases, all with the value that a scanner should give. */
function LabelDialog({ meant, count, onClose }: { meant: Meant; count: number; onClose: () => void }) {
  const { list } = useListAddress();
  const queries = useQueryClient();
  const files = useQuery(ask("/labels"));
  const usable = files.data?.items.filter(({ problem }) => problem === null) ?? [];
  const [typed, setTyped] = useState({ name: "labels/cases.csv", target: "true", split: "" });
  const [chosen, setChosen] = useState<string>();
  const file = chosen ?? usable[0]?.file ?? NEW_FILE;
  const form = useId();
  const adding = useMutation({
    mutationFn: async () => {
      const split = typed.split.trim();
      const cases = (await idsOf(list, meant)).map((id) => ({
        id,
        target: readTarget(typed.target.trim()),
        ...(split !== "" && { split }),
      }));
      if (file !== NEW_FILE) return { added: await addCases(file, cases), of: cases.length };
      await send("POST", "/labels", { body: { name: typed.name.trim(), cases } });
      return { added: cases.length, of: cases.length };
    },
    onSuccess: ({ added, of }) => {
      const kept = of - added;
      void queries.invalidateQueries({ queryKey: ["labels"] });
      const untouched = kept > 0 ? `; ${formatCounted(kept, "transcript")} had one already` : "";
      toast(`Added ${formatCounted(added, "case")}${untouched}.`);
      onClose();
    },
  });
  const offered = usable.map((each) => ({
    id: each.file,
    name: `${each.name} (${formatCounted(each.cases ?? 0, "case")})`,
  }));
  offered.push({ id: NEW_FILE, name: "A new file ..." });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  const input = (name: keyof typeof typed, label: string, help: string) => (
    <TextField
      label={label}
      help={help}
      required={name === "name"}
      value={typed[name]}
      onChange={(text) => setTyped({ ...typed, [name]: text })}
    />
  );
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
        <SelectField label="File" error={files.error?.message} value={file} options={offered} onChange={setChosen} />
        {file === NEW_FILE && input("name", "Its name", "In the project; .csv, .yaml, .json or .jsonl.")}
        {input(
          "target",
          "What a scanner should say of them",
          "true, false, a number or a text; empty: nothing is expected.",
        )}
        {input("split", "Split", "A part of the cases, such as dev or test; may be empty.")}
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

/** Read a target as it is typed: true, false, a number, nothing, or a text. */
function readTarget(text: string): string | number | boolean | null {
  if (text === "") return null;
  if (/^(?:true|yes)$/i.test(text)) return true;
  if (/^(?:false|no)$/i.test(text)) return false;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

async function idsOf(list: ListAddress, meant: Meant): Promise<readonly string[]> {
  if (meant !== "all") return meant;
  const ids: string[] = [];
  for await (const { items } of readAll(list, "all", ["transcript_id"], new AbortController().signal)) {
    ids.push(...items.map((row) => row.transcript_id));
  }
  return ids;
}

const PAGE = 10_000;

/** Add cases to a file; what has a case keeps it. Gives how many were added. Refused if somebody writes meanwhile. */
async function addCases(file: string, cases: readonly LabelCaseItem["fields"][]): Promise<number> {
  const known: LabelCaseItem["fields"][] = [];
  let page: LabelCases | undefined;
  do {
    page = await read("/labels/{file}", { path: { file }, query: { limit: PAGE, cursor: page?.next } });
    known.push(...page.items.map(({ fields }) => fields));
  } while (page.next !== null);
  const ids = new Set(known.flatMap(({ id }) => (Array.isArray(id) ? id.map(String) : [String(id)])));
  const added = cases.filter(({ id }) => !ids.has(String(id)));
  if (added.length > 0) {
    const etag = `"${page.etag}"`;
    await send("PUT", "/labels/{file}", { path: { file }, body: { cases: [...known, ...added] }, etag });
  }
  return added.length;
}
