import { useState } from "react";
import { groupedFields, isSought, type OptionField } from "../../../domain/options.ts";
import { Chip } from "../../../ui/chip.tsx";
import { Field, SearchField } from "../../../ui/field.tsx";
import { SettingInput } from "../../../ui/setting-input.tsx";
import { purposeOf } from "../model/parameters.ts";
import { argName, type ChosenScanner, changedPairs, readPairs } from "../model/run-form.ts";
import styles from "./run-fields.module.css";
import type { RunForm } from "./use-run-form.ts";

interface PartProps {
  form: RunForm;
  /** What is wrong, by the name of the field: found here, or said by the server. */
  errors: Readonly<Record<string, string>>;
}

/** Which transcripts: where they are, conditions, how many, in which order. */
export function Selection({ form, errors }: PartProps) {
  const { search, change, fields } = form;
  const project = (name: string) => fields.find((field) => field.name === name);
  const here = project("transcripts");
  return (
    <section className={styles.part} aria-label="Selection">
      <h2>Selection</h2>
      <div className={styles.fields}>
        <div className={styles.wide}>
          <Field
            label="Transcripts"
            note={<Origin field={here} />}
            error={errors.location}
            help="A log, a folder of logs, a database. Empty: those of the project."
          >
            {(control) => (
              <input
                {...control}
                type="text"
                className="mono"
                spellCheck={false}
                value={search.location ?? ""}
                placeholder={told(here?.value) || (here?.defaultHelp ?? "")}
                onChange={(event) => change({ location: event.target.value || undefined })}
              />
            )}
          </Field>
        </div>
        <div className={styles.wide}>
          <Conditions form={form} error={errors.where} />
        </div>
        {["limit", "shuffle"].map((name) => {
          const field = project(name);
          const text = (name === "limit" ? search.limit : search.shuffle) ?? "";
          return (
            field !== undefined && (
              <Field
                key={name}
                label={name === "limit" ? "Sample size" : "Seed"}
                note={<Origin field={field} />}
                error={errors[name]}
                help={name === "limit" ? field.help : "A number shuffles, always in the same way. Empty: in order."}
              >
                {(control) => (
                  <SettingInput
                    setting={field}
                    control={control}
                    text={text}
                    placeholder={told(field.value) || (name === "limit" ? "all" : "not shuffled")}
                    onChange={(typed) => change({ [name]: typed === "" ? undefined : typed })}
                  />
                )}
              </Field>
            )
          );
        })}
      </div>
    </section>
  );
}

/** Conditions as the SQL that they are, each a chip; Enter adds one. */
function Conditions({ form: { search, change, fields }, error }: { form: RunForm; error: string | undefined }) {
  const [typed, setTyped] = useState("");
  const where = search.where ?? [];
  const add = () => {
    const condition = typed.trim();
    if (condition !== "" && !where.includes(condition)) change({ where: [...where, condition] });
    setTyped("");
  };
  const remove = (condition: string) => {
    const others = where.filter((each) => each !== condition);
    change({ where: others.length === 0 ? undefined : others });
  };
  const project = fields.find((field) => field.name === "filter");
  return (
    <Field
      label="Filter"
      error={error}
      help={
        project?.value
          ? `Conditions of the project must hold as well: ${told(project.value)}`
          : "SQL conditions; all must hold. Press Enter to add one."
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
              if (event.key === "Backspace" && typed === "" && where.length > 0) remove(where.at(-1) ?? "");
            }}
          />
        </div>
      )}
    </Field>
  );
}

/** The arguments of one scanner. */
export function Arguments({ scanner, form, errors }: PartProps & { scanner: ChosenScanner }) {
  const typed = readPairs(form.search.arg);
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
            <Field
              key={field.name}
              label={<span className="mono">{field.name}</span>}
              note={<span className={styles.note}>{field.annotation}</span>}
              error={errors[name]}
              help={helpOf(field.help, field.kind)}
            >
              {(control) => (
                <SettingInput
                  setting={field}
                  control={control}
                  text={typed[name] ?? ""}
                  placeholder={field.default ?? "needed"}
                  onChange={(text) => form.change({ arg: changedPairs(form.search.arg, name, text) })}
                />
              )}
            </Field>
          );
        })}
      </div>
    </section>
  );
}

/** The other options of a scan: those that are set, those that are looked for, or all by their groups. */
export function Options({ form, errors }: PartProps) {
  const [sought, setSought] = useState("");
  const typed = readPairs(form.search.set);
  const shown = form.options.filter((field) => isSought(field, sought));
  return (
    <section className={styles.part} aria-label="Options">
      <div className={styles.head}>
        <h2>Options</h2>
        <SearchField name="Find an option" value={sought} onChange={setSought} />
      </div>
      {groupedFields(shown).map(([group, fields]) => {
        const set = fields.filter(({ name }) => typed[name] !== undefined || errors[name] !== undefined).length;
        return (
          <details key={group} className={styles.group} open={sought !== "" || set > 0 ? true : undefined}>
            <summary>
              {group}
              <span className="muted"> {set > 0 ? `${set} of ${fields.length} set` : fields.length}</span>
            </summary>
            <div className={styles.fields}>
              {fields.map((field) => (
                <Field
                  key={field.name}
                  label={field.label}
                  note={<Origin field={field} />}
                  error={errors[field.name]}
                  help={helpOf(field.help, field.kind)}
                >
                  {(control) => (
                    <SettingInput
                      setting={field}
                      control={control}
                      text={typed[field.name] ?? ""}
                      placeholder={told(field.value) || field.defaultHelp}
                      onChange={(text) => form.change({ set: changedPairs(form.search.set, field.name, text) })}
                    />
                  )}
                </Field>
              ))}
            </div>
          </details>
        );
      })}
      {shown.length === 0 && form.options.length > 0 && <p className="muted">No option is about that.</p>}
    </section>
  );
}

/** Where the value comes from that holds if nothing is entered. */
function Origin({ field }: { field: OptionField | undefined }) {
  const [source] = field?.sources ?? [];
  if (source === undefined || source === "default") return null;
  return <span className={styles.note}>from {source}</span>;
}

function told(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(told).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function helpOf(help: string, kind: string): string | undefined {
  const how = { list: "One a line.", json: "In JSON." }[kind];
  const words = [help, how].filter(Boolean).join(" ");
  return words === "" ? undefined : words;
}
