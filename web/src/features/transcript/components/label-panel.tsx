import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../../../api/ask.ts";
import { caseKey } from "../../../api/case-key.ts";
import { ConflictError } from "../../../api/connection.ts";
import { deleteCase, type KnownCase, labelCaseQuery, putCase } from "../../../api/label-cases.ts";
import { formatCounted } from "../../../domain/format.ts";
import { Field, SelectField } from "../../../ui/fields.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { toast } from "../../../ui/toast.ts";
import { useTranscript } from "../model/reading.ts";
import styles from "./label-panel.module.css";

const FILE_KEY = "scout-label-file";
const CHANGED = "The file has changed meanwhile; it was read again. Label once more.";

/** Say what a scanner should find here: a case of a file of labels. */
export function LabelPanel() {
  const files = useQuery(ask("/labels"));
  const [chosen, setChosen] = useState(() => localStorage.getItem(FILE_KEY) ?? "");
  if (files.error !== null) return <ErrorState error={files.error} title="The labels could not be read." />;
  if (files.data === undefined) return <Skeleton lines={4} label="Loading the labels" />;
  const usable = files.data.items.filter((file) => file.problem === null);
  if (usable.length === 0) {
    return (
      <EmptyState title="No file of labels yet." command="printf 'id,target\n' > labels.csv">
        Make one in the place Labels, or by hand.
      </EmptyState>
    );
  }
  const file = usable.find((one) => one.file === chosen) ?? usable[0];
  if (file === undefined) return null;
  return (
    <div className={styles.panel}>
      <SelectField
        label="File"
        note={<span>{formatCounted(file.cases ?? 0, "case")}</span>}
        value={file.file}
        options={usable.map((one) => ({ id: one.file, name: one.name }))}
        onChange={(id) => {
          setChosen(id);
          localStorage.setItem(FILE_KEY, id);
        }}
      />
      <OneLabel key={file.file} file={file.file} />
    </div>
  );
}

function OneLabel({ file }: { file: string }) {
  const known = useQuery(labelCaseQuery(file, useTranscript().at.id));
  if (known.error !== null) return <ErrorState error={known.error} title="The label could not be read." />;
  if (known.data === undefined) return <Skeleton lines={3} label="Loading the label" />;
  return <CaseForm file={file} known={known.data} />;
}

function CaseForm({ file, known }: { file: string; known: KnownCase }) {
  const { save, remove, isSaving } = useSaveCase(file, known);
  const target = known.fields?.target;
  useKeys("Label", [
    { keys: "t", label: "Label: true", run: () => save({ target: true }) },
    { keys: "x", label: "Label: false", run: () => save({ target: false }) },
    { keys: "u", label: "Take the label away", run: remove },
  ]);
  return (
    <>
      <fieldset className={styles.targets} aria-label="What a scanner should find" disabled={isSaving}>
        <button type="button" aria-pressed={target === true} onClick={() => save({ target: true })}>
          True <kbd>t</kbd>
        </button>
        <button type="button" aria-pressed={target === false} onClick={() => save({ target: false })}>
          False <kbd>x</kbd>
        </button>
        <button type="button" disabled={known.fields === null} onClick={remove}>
          None <kbd>u</kbd>
        </button>
      </fieldset>
      <OtherField
        label="Another value"
        value={typeof target === "boolean" || target == null ? "" : String(target)}
        help="A text or a number, as the scanner gives it."
        onSave={(text) => save({ target: parsed(text) })}
      />
      <OtherField
        label="Split"
        value={typeof known.fields?.split === "string" ? known.fields.split : ""}
        onSave={(split) => save({ split: split === "" ? null : split })}
      />
    </>
  );
}

function useSaveCase(file: string, known: KnownCase) {
  const { at } = useTranscript();
  const queries = useQueryClient();
  const key = caseKey(at.id);
  const change = useMutation({
    mutationFn: (fields: Record<string, unknown> | null) =>
      fields === null ? deleteCase(file, key, known.etag) : putCase(file, key, fields, known.etag),
    onSettled: () => queries.invalidateQueries({ queryKey: ["labels"] }),
    onError: (error) => toast(error instanceof ConflictError ? CHANGED : error.message, { tone: "error" }),
  });
  return {
    isSaving: change.isPending,
    save: (more: Record<string, unknown>) => {
      const { split, ...fields }: Record<string, unknown> = { id: at.id, target: null, ...known.fields, ...more };
      change.mutate(split == null ? fields : { ...fields, split });
    },
    remove: () => {
      if (known.fields !== null) change.mutate(null);
    },
  };
}

interface OtherProps {
  label: string;
  value: string;
  help?: string;
  onSave: (text: string) => void;
}

function OtherField({ label, value, help, onSave }: OtherProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    if (typed !== null && typed !== value) onSave(typed.trim());
    setTyped(null);
  };
  return (
    <Field label={label} {...(help === undefined ? {} : { help })}>
      {(control) => (
        <input
          {...control}
          type="text"
          value={typed ?? value}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === "Enter") keep();
            if (event.key === "Escape") setTyped(null);
          }}
        />
      )}
    </Field>
  );
}

function parsed(text: string): unknown {
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
