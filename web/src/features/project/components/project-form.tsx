import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import { optionsQuery, optionTableQuery } from "../../../api/options.ts";
import { groupedFields, isSought, type OptionField, optionFields, valueAt } from "../../../domain/options.ts";
import { TypedError, textOfValue, valueOfText } from "../../../domain/setting-values.ts";
import { Field, SearchField } from "../../../ui/field.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { SettingInput } from "../../../ui/setting-input.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { isUnreadable, lineOfKey } from "../model/draft.ts";
import { originsOf } from "../model/origins.ts";
import styles from "./project-form.module.css";
import type { ProjectDraft } from "./use-project-draft.ts";

/** Written as YAML alone: they are longer than a field. */
const YAML_ONLY = new Set(["scanners", "worklist", "validation", "model_roles"]);

interface ProjectFormProps {
  project: ProjectDraft;
  /** Show a line of the YAML. */
  onLine: (line: number) => void;
}

/** Every option that a project can set, by group: its value, where that comes from, what it means. */
export function ProjectForm({ project, onLine }: ProjectFormProps) {
  const table = useQuery(optionTableQuery);
  const explained = useQuery(optionsQuery);
  const search = useSought();
  const items = explained.data?.items ?? table.data?.items;
  const fields = useMemo(() => optionFields(items ?? [], "project"), [items]);
  if (items === undefined) {
    return table.error === null ? <Skeleton /> : <ErrorState error={table.error} />;
  }
  const shown = fields.filter((field) => isSought(field, search.sought));
  return (
    <div className={styles.form}>
      <div className={styles.search}>
        <SearchField ref={search.ref} name="Find an option" value={search.sought} onChange={search.seek} />
        <p className="muted" role="status">
          {explained.isFetching ? "finding out where values come from …" : ""}
        </p>
      </div>
      {isUnreadable(project.draft) && (
        <p className={styles.broken}>The file is not YAML now. Mend it at the right; then the form can change it.</p>
      )}
      {groupedFields(shown).map(([group, inGroup]) => (
        <section key={group} className={styles.group} aria-label={group}>
          <h2>{group}</h2>
          <div className={styles.fields}>
            {inGroup.map((field) =>
              YAML_ONLY.has(field.name) ? (
                <YamlOnly key={field.name} field={field} project={project} onLine={onLine} />
              ) : (
                <OptionLine key={field.name} field={field} project={project} onLine={onLine} />
              ),
            )}
          </div>
        </section>
      ))}
      {shown.length === 0 && <p className={styles.none}>No option is about that.</p>}
    </div>
  );
}

/** What is sought stands in the address, so that a reload shows the same. */
function useSought() {
  const { q = "" } = useSearch({ from: "/project" });
  const navigate = useNavigate({ from: "/project" });
  const ref = useRef<HTMLInputElement>(null);
  const [sought, setSought] = useState(q);
  useKeys("Project", [{ keys: ["/", "Mod+f"], label: "Find an option", run: () => ref.current?.focus() }]);
  const seek = (now: string) => {
    setSought(now);
    void navigate({ search: { q: now === "" ? undefined : now }, replace: true });
  };
  return { sought, seek, ref };
}

interface LineProps {
  field: OptionField;
  project: ProjectDraft;
  onLine: (line: number) => void;
}

function OptionLine({ field, project, onLine }: LineProps) {
  const { draft, set } = project;
  const value = valueAt(draft.config, field.name);
  const written = textOfValue(field, value);
  // What cannot be read as a value yet stays here; the file keeps the last one that could.
  const [typed, setTyped] = useState<{ text: string; over: string } | null>(null);
  const text = typed !== null && typed.over === written ? typed.text : written;
  const wrong = typed !== null && typed.over === written ? mistakeIn(field, text) : undefined;
  const said = draft.mistakes.find(({ key }) => key === field.name || key.startsWith(`${field.name}.`));
  const type = (now: string) => {
    if (mistakeIn(field, now) !== undefined) return setTyped({ text: now, over: written });
    const read = valueOfText(field, now);
    // The text may be another than that of the value: "1." is 1.
    setTyped({ text: now, over: textOfValue(field, read) });
    set(field.name, read);
  };
  const hint = typeof field.value === "boolean" ? (field.value ? "yes" : "no") : textOfValue(field, field.value);
  return (
    <Field
      label={<span title={calledElsewhere(field)}>{field.label}</span>}
      note={<Origins field={field} project={project} onLine={onLine} />}
      error={wrong ?? said?.message}
      help={helpOf(field)}
    >
      {(control) => (
        <SettingInput
          setting={field}
          control={control}
          text={text}
          placeholder={(value === undefined ? hint : "") || field.defaultHelp}
          disabled={isUnreadable(draft)}
          onChange={type}
        />
      )}
    </Field>
  );
}

/** Where a value comes from; a line of the file is shown by a click. */
function Origins({ field, project: { draft }, onLine }: LineProps) {
  return (
    <span className={styles.origins}>
      {originsOf(field, draft).map(({ words, line }) =>
        line === undefined ? (
          <span key={words}>{words}</span>
        ) : (
          <button
            key={words}
            type="button"
            data-kind="link"
            aria-label={`${words}: show ${field.label} in the YAML`}
            onClick={() => onLine(line)}
          >
            {words}
          </button>
        ),
      )}
    </span>
  );
}

/** An option that is edited as YAML: what there is of it, and the way there. */
function YamlOnly({ field, project, onLine }: LineProps) {
  const { draft } = project;
  const line = lineOfKey(draft.text, field.name);
  const value = valueAt(draft.config, field.name);
  const count = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  return (
    <div className={styles.yaml}>
      <div>
        <span className={styles.label}>{field.label}</span> <Origins field={field} project={project} onLine={onLine} />
      </div>
      <p className={styles.help}>{field.help}</p>
      {line === undefined ? (
        <p>
          Not set. Write the key <code>{field.name}:</code> in the YAML.
        </p>
      ) : (
        <button type="button" onClick={() => onLine(line)}>
          Edit {count > 0 ? `${count} ` : ""}in the YAML
        </button>
      )}
    </div>
  );
}

function mistakeIn(field: OptionField, text: string): string | undefined {
  try {
    valueOfText(field, text);
    return undefined;
  } catch (error) {
    if (!(error instanceof TypedError)) throw error;
    return error.message;
  }
}

function helpOf({ help, kind }: OptionField): string {
  const how = { list: "One a line.", json: "In JSON." }[kind as string];
  return [help, how].filter(Boolean).join(" ");
}

/** What else sets it, for who wants to know. */
function calledElsewhere({ name, flag, variables }: OptionField): string {
  return [name, flag, ...variables].filter((each) => each !== "").join(", ");
}
