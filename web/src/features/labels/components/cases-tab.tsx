import { useQueries } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import type { TranscriptRow } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { formatValue } from "../../../domain/values.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import type { Column } from "../../../ui/data-table/columns.ts";
import { DataTable } from "../../../ui/data-table/data-table.tsx";
import type { Selection } from "../../../ui/data-table/rows.ts";
import { SearchField } from "../../../ui/fields.tsx";
import { AsCommand, CopyButton, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { route, useChangeAddress } from "../model/address.ts";
import {
  aboutWords,
  type Case,
  casesCsv,
  casesJson,
  type Fields,
  filterCases,
  idsOf,
  labelOf,
  labelWords,
  parseLabel,
  textOf,
} from "../model/cases.ts";
import { transcriptsOfIds } from "../model/transcripts.ts";
import { type Labels, useLabels } from "../model/use-labels.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { RefusedLabel, TranscriptLink } from "./case-parts.tsx";
import styles from "./cases-tab.module.css";

const NO_SPLIT = "-";
const PAGE = 50;

/** The cases of the set, to be read and changed, one or many. */
export function CasesTab({ file, name }: { file: string; name: string }) {
  const labels = useLabels(file, name);
  if (labels.cases === undefined && labels.error !== null) {
    return <ErrorState error={labels.error} title="The cases could not be read." onRetry={labels.retry} />;
  }
  if (labels.cases === undefined) return <Skeleton label="Loading the cases" />;
  if (labels.cases.length === 0) {
    return (
      <EmptyState title="This set has no cases yet" command={`scout label latest --blind --cases ${name}`}>
        Label results of a scan in the queue, one at a time.
      </EmptyState>
    );
  }
  return <CasesTable file={file} name={name} labels={labels} cases={labels.cases} />;
}

type TableProps = { file: string; name: string; labels: Labels; cases: readonly Case[] };

function CasesTable({ file, name, labels, cases }: TableProps) {
  const { q = "", split } = route.useSearch();
  const change = useChangeAddress();
  const list = useId();
  const [selection, setSelection] = useState<Selection>(new Set());
  const total = labels.total ?? cases.length;
  const splits = useMemo(() => [...new Set(cases.map((each) => textOf(each.fields.split)))].sort(), [cases]);
  const shown = useMemo(() => filterCases(cases, split === NO_SPLIT ? "" : split, q), [cases, split, q]);
  const chosen = selection.size === 0 ? shown : shown.filter((each) => selection.has(each.key));
  const described = useDescribed(shown);
  const columns = useMemo(() => columnsOf(labels.write, described.of, list), [labels.write, described.of, list]);
  const rows = { count: shown.length, at: (index: number) => shown[index], need: described.need };
  return (
    <div className={styles.tab}>
      {labels.refused !== null && <RefusedLabel {...labels} refused={labels.refused} />}
      <div className={styles.bar}>
        <SearchField name="Find in the cases" value={q} onChange={(to) => change({ q: to || undefined })} />
        {splits.some(Boolean) && (
          <select
            aria-label="Split"
            value={split ?? ""}
            onChange={(event) => change({ split: event.target.value || undefined })}
          >
            <option value="">all splits</option>
            {splits.map((each) => (
              <option key={each} value={each || NO_SPLIT}>
                {each || "no split"}
              </option>
            ))}
          </select>
        )}
        <span className="muted">
          {formatCounted(shown.length, "case")}
          {total > cases.length && ` of the first ${cases.length} of ${total}`}
        </span>
        <span className={styles.actions}>
          <CopyButton text={() => casesCsv(chosen)} what="as CSV" named />
          <CopyButton text={() => casesJson(chosen)} what="as JSON" named />
          <AsCommand
            commands={[
              { name: "Label more", command: `scout label latest --blind --cases ${name}` },
              { name: "Compare a scan with these", command: `scout validate latest -V ${name}` },
              { name: "In Python", command: `validation_set(${JSON.stringify(name)})` },
            ]}
          />
        </span>
      </div>
      {selection.size > 0 && (
        <BulkBar
          file={file}
          splits={splits.filter(Boolean)}
          chosen={new Set(chosen.map((each) => each.key))}
          onDone={() => setSelection(new Set())}
        />
      )}
      <datalist id={list}>
        {splits.filter(Boolean).map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <DataTable
        label="Validation cases"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        selection={selection}
        onSelection={setSelection}
      />
    </div>
  );
}

type DescribedOf = (fields: Fields) => TranscriptRow | undefined;

/** What the transcripts of the cases are that are seen. */
function useDescribed(cases: readonly Case[]) {
  const [[first, last], setSeen] = useState<readonly [number, number]>([0, 0]);
  const pages = Array.from({ length: last - first + 1 }, (_, at) => {
    const from = (first + at) * PAGE;
    return cases.slice(from, from + PAGE).flatMap(({ fields }) => idsOf(fields).slice(0, 1));
  });
  const found = useQueries({
    queries: pages.map(transcriptsOfIds),
    combine: (results) => {
      const rows = results.flatMap((each) => each.data?.items ?? []);
      return new Map(rows.map((row) => [row.transcript_id, row]));
    },
  });
  // The rows of the table are told by it what has changed.
  return useMemo(
    () => ({
      of: (fields: Fields) => found.get(idsOf(fields)[0] ?? ""),
      need: (from: number, to: number) => {
        const [begin, end] = [Math.floor(from / PAGE), Math.floor(Math.max(from, to) / PAGE)];
        setSeen((before) => (before[0] === begin && before[1] === end ? before : [begin, end]));
      },
    }),
    [found],
  );
}

function columnsOf(write: Labels["write"], described: DescribedOf, list: string): readonly Column<Case>[] {
  // y, n, a number, a text, null.
  const labelCell = ({ key, fields }: Case) => {
    const label = labelOf(fields);
    if (label !== null && typeof label === "object") return <InertText text={labelWords(label)} />;
    const save = (text: string) =>
      text !== "" && write({ key, fields: { ...fields, target: parseLabel(text) }, before: fields });
    return <Editable name="Label" text={labelWords(label)} tone={label} save={save} />;
  };
  // Without any text the field is taken out.
  const textCell = ({ key, fields }: Case, field: "split" | "comment", name: string) => {
    const { [field]: text, ...rest } = fields;
    const save = (to: string) => write({ key, fields: to === "" ? rest : { ...rest, [field]: to }, before: fields });
    return <Editable name={name} text={textOf(text)} list={field === "split" ? list : undefined} save={save} />;
  };
  return [
    {
      id: "id",
      name: "Case",
      width: 220,
      cell: ({ fields }) => (
        <TranscriptLink id={idsOf(fields)[0]} words={idsOf(fields).join(", ") || aboutWords(fields)} />
      ),
    },
    {
      id: "about",
      name: "Transcript",
      width: 260,
      grows: true,
      cell: ({ fields }) => <InertText text={transcriptWords(described(fields), fields)} />,
    },
    { id: "target", name: "Label", width: 140, cell: (row) => labelCell(row) },
    { id: "split", name: "Split", width: 130, cell: (row) => textCell(row, "split", "Split") },
    { id: "comment", name: "Comment", width: 240, cell: (row) => textCell(row, "comment", "Comment") },
    { id: "predicate", name: "Predicate", width: 100, isExtra: true, cell: ({ fields }) => textOf(fields.predicate) },
  ];
}

function transcriptWords(described: TranscriptRow | undefined, fields: Fields): string {
  if (described === undefined) return idsOf(fields).length === 0 ? aboutWords(fields) : "";
  const { task_set, task_id, task_repeat, agent, model, score } = described.values;
  const task = [task_set, task_id].filter(Boolean).join(" / ");
  const epoch = task_repeat == null ? "" : `epoch ${task_repeat}`;
  const scored = score == null ? "" : `score ${formatValue(score)}`;
  return [task, epoch, agent, model, scored].filter((fact) => fact != null && fact !== "").join(" · ");
}

interface EditableProps {
  name: string;
  text: string;
  tone?: unknown;
  list?: string | undefined;
  save: (text: string) => void;
}

/** A text that is changed in its place. */
function Editable({ name, text, tone, list, save }: EditableProps) {
  const [typed, setTyped] = useState<string | null>(null);
  if (typed === null) {
    return (
      <button
        type="button"
        className={styles.cell}
        data-tone={String(tone)}
        aria-label={`${name}: ${text || "none"}. Change it`}
        onClick={() => setTyped(text)}
      >
        {text === "" ? <span className="muted">-</span> : <InertText text={text} />}
      </button>
    );
  }
  const leave = (keeps: boolean) => {
    if (keeps && typed.trim() !== text) save(typed.trim());
    setTyped(null);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it stands where the button was that opened it.
      autoFocus
      type="text"
      aria-label={name}
      className={styles.input}
      value={typed}
      list={list}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => leave(true)}
      onKeyDown={(event) => {
        if (event.key === "Enter") leave(true);
        if (event.key === "Escape") leave(false);
      }}
    />
  );
}
