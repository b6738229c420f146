import { type ReactNode, useState } from "react";
import { groupedFields, type OptionField } from "../../../domain/options.ts";
import { helpOf, plainText, type Setting } from "../../../domain/setting-values.ts";
import { Chip } from "../../../ui/drawings.tsx";
import { Field, type FieldControl, SearchField, SettingInput, TextField } from "../../../ui/fields.tsx";
import { purposeOf } from "../model/parameters.ts";
import { argName, type ChosenScanner, changedPairs, readPairs } from "../model/run-form.ts";
import styles from "./run-fields.module.css";
import type { Run } from "./use-run.ts";

/** Options that have fields of their own with the selection, or are said elsewhere on the screen. */
const NOT_OPTIONS = new Set(["limit", "shuffle", "transcripts", "filter", "scanners", "worklist"]);

/** Which transcripts: where they are, conditions, how many, in which order. */
export function Selection({ run }: { run: Run }) {
  const { search, change, errors } = run;
  const [here, limit, shuffle] = ["transcripts", "limit", "shuffle"].map((name) =>
    run.fields.find((field) => field.name === name),
  );
  return (
    <section className={styles.part} aria-label="Selection">
      <h2>Selection</h2>
      <div className={styles.fields}>
        <div className={styles.wide}>
          <TextField
            label="Transcripts"
            note={<Origin field={here} />}
            error={errors.location}
            help="A log, a folder of logs, a database. Empty: those of the project."
            isCode
            value={search.location ?? ""}
            placeholder={told(here?.value) || (here?.defaultHelp ?? "")}
            onChange={(typed) => change({ location: typed || undefined })}
          />
        </div>
        <div className={styles.wide}>
          <Conditions run={run} />
        </div>
        {limit !== undefined && (
          <SettingField
            setting={limit}
            label="Sample size"
            note={<Origin field={limit} />}
            error={errors.limit}
            text={search.limit}
            placeholder={told(limit.value) || "all"}
            onChange={(text) => change({ limit: text || undefined })}
          />
        )}
        {shuffle !== undefined && (
          <SettingField
            setting={{ ...shuffle, help: "A number shuffles, always in the same way. Empty: in order." }}
            label="Seed"
            note={<Origin field={shuffle} />}
            error={errors.shuffle}
            text={search.shuffle}
            placeholder={told(shuffle.value) || "not shuffled"}
            onChange={(text) => change({ shuffle: text || undefined })}
          />
        )}
      </div>
    </section>
  );
}

/** Conditions as the SQL that they are, each a chip; Enter adds one. */
function Conditions({ run: { search, change, fields, errors } }: { run: Run }) {
  const [typed, setTyped] = useState("");
  const where = search.where ?? [];
  const add = () => {
    const condition = typed.trim();
    if (condition !== "" && !where.includes(condition)) change({ where: [...where, condition] });
    setTyped("");
  };
  const remove = (condition: string | undefined) => {
    const others = where.filter((each) => each !== condition);
    change({ where: others.length === 0 ? undefined : others });
  };
  const given = told(fields.find((field) => field.name === "filter")?.value);
  return (
    <Field
      label="Filter"
      error={errors.where}
      help={
        given === ""
          ? "SQL conditions; all must hold. Press Enter to add one."
          : `Conditions of the project must hold as well: ${given}`
      }
    >
      {(control) => (
        <div className={styles.conditions}>
          {where.map((condition) => (
            <Chip
              key={condition}
              title={condition}
              onRemove={() => remove(condition)}
              removeName={`Remove the condition ${condition}`}
            >
              <code>{condition}</code>
            </Chip>
          ))}
          <input
            {...control}
            type="text"
            className="mono"
            spellCheck={false}
            value={typed}
            placeholder="task_set = 'fix-the-bug' and message_count > 5"
            onChange={(event) => setTyped(event.target.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === "Enter") add();
              if (event.key === "Backspace" && typed === "" && where.length > 0) remove(where.at(-1));
            }}
          />
        </div>
      )}
    </Field>
  );
}

/** The arguments of one scanner. */
export function Arguments({ scanner, run }: { scanner: ChosenScanner; run: Run }) {
  const { search, change, errors } = run;
  const typed = readPairs(search.arg);
  return (
    <section className={styles.part} aria-label={`Arguments of ${scanner.source.name}`}>
      <h2>
        {scanner.source.name} <span className="muted mono">{scanner.file}</span>
      </h2>
      <p className={styles.purpose}>{purposeOf(scanner.source)}</p>
      {scanner.fields.length === 0 && <p className="muted">It takes no arguments.</p>}
      <div className={styles.fields}>
        {scanner.fields.map((field) => {
          const name = argName(scanner.id, field.name);
          return (
            <SettingField
              key={name}
              setting={field}
              label={<span className="mono">{field.name}</span>}
              note={<span className={styles.note}>{field.annotation}</span>}
              error={errors[name]}
              text={typed[name]}
              placeholder={field.default ?? "needed"}
              onChange={(text) => change({ arg: changedPairs(search.arg, name, text) })}
            />
          );
        })}
      </div>
    </section>
  );
}

/** The other options of a scan: those that are set, those that are looked for, or all by their groups. */
export function Options({ run: { search, change, fields, errors } }: { run: Run }) {
  const [sought, setSought] = useState("");
  const typed = readPairs(search.set);
  const options = fields.filter(({ name }) => !NOT_OPTIONS.has(name));
  const groups = groupedFields(options, sought);
  return (
    <section className={styles.part} aria-label="Options">
      <div className={styles.head}>
        <h2>Options</h2>
        <SearchField name="Find an option" value={sought} onChange={setSought} />
      </div>
      {groups.map(([group, inGroup]) => {
        const set = inGroup.filter(({ name }) => typed[name] !== undefined || errors[name] !== undefined).length;
        return (
          <details key={group} className={styles.group} open={sought !== "" || set > 0 ? true : undefined}>
            <summary>
              {group}
              <span className="muted"> {set > 0 ? `${set} of ${inGroup.length} set` : inGroup.length}</span>
            </summary>
            <div className={styles.fields}>
              {inGroup.map((field) => (
                <SettingField
                  key={field.name}
                  setting={field}
                  label={field.label}
                  note={<Origin field={field} />}
                  error={errors[field.name]}
                  text={typed[field.name]}
                  placeholder={told(field.value) || field.defaultHelp}
                  onChange={(text) => change({ set: changedPairs(search.set, field.name, text) })}
                />
              ))}
            </div>
          </details>
        );
      })}
      {groups.length === 0 && options.length > 0 && <p className="muted">No option is about that.</p>}
    </section>
  );
}

interface SettingFieldProps {
  setting: Setting;
  label: ReactNode;
  note: ReactNode;
  error: string | undefined;
  /** As it was typed. */
  text: string | undefined;
  placeholder: string;
  onChange: (text: string) => void;
}

function SettingField({ setting, label, note, error, text = "", ...shown }: SettingFieldProps) {
  const input = (control: FieldControl) => <SettingInput {...shown} setting={setting} control={control} text={text} />;
  return (
    <Field label={label} note={note} error={error} help={helpOf(setting)}>
      {input}
    </Field>
  );
}

/** Where the value comes from that holds if nothing is entered. */
function Origin({ field }: { field: OptionField | undefined }) {
  const source = field?.sources[0] ?? "default";
  return source !== "default" && <span className={styles.note}>from {source}</span>;
}

function told(value: unknown): string {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) ? value.map(told).join(", ") : plainText(value);
}
