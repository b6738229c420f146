import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type Ref, useImperativeHandle, useRef, useState } from "react";
import { ask } from "../../../api/ask.ts";
import { groupedFields, type OptionField, optionFields, valueAt } from "../../../domain/options.ts";
import { helpOf, readText, textOfValue } from "../../../domain/setting-values.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { Field, SearchField, SettingInput } from "../../../ui/fields.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { SplitPane } from "../../../ui/layout.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { type Draft, isUnreadable, lineOfKey, originsOf } from "../model/project-draft.ts";
import styles from "./project-editors.module.css";
import type { ProjectDraft } from "./use-project-draft.ts";

/** Written as YAML alone: they are longer than a field. */
const YAML_ONLY = new Set(["scanners", "worklist", "validation", "model_roles"]);

/** Shows a line of the YAML (from 1). */
type GoTo = (line: number) => void;

/** The project as a form and as YAML, beside each other. */
export function ProjectEditors({ project }: { project: ProjectDraft }) {
  const goTo = useRef<GoTo>(null);
  return (
    <div className={styles.panes}>
      <SplitPane
        name="project-yaml"
        label="YAML"
        side="end"
        width={480}
        min={280}
        pane={<YamlEditor ref={goTo} draft={project.draft} onEdit={project.edit} />}
      >
        <ProjectForm project={project} onLine={(line) => goTo.current?.(line)} />
      </SplitPane>
    </div>
  );
}

/** Every option that a project can set, by group: its value, where that comes from, what it means. */
function ProjectForm({ project, onLine }: { project: ProjectDraft; onLine: GoTo }) {
  const table = useQuery(ask("/project/options", { query: { explain: false } }));
  // The same with where values come from, which a process of its own finds out.
  const explained = useQuery(ask("/project/options"));
  const { q = "" } = useSearch({ from: "/project" });
  const navigate = useNavigate({ from: "/project" });
  const [sought, setSought] = useState(q);
  const field = useRef<HTMLInputElement>(null);
  useKeys("Project", [{ keys: ["/", "Mod+f"], label: "Find an option", run: () => field.current?.focus() }]);
  const options = explained.data ?? table.data;
  if (options === undefined) return table.error === null ? <Skeleton /> : <ErrorState error={table.error} />;
  const groups = groupedFields(optionFields(options.items, "project"), sought);
  const seek = (now: string) => {
    setSought(now);
    void navigate({ search: { q: now || undefined }, replace: true });
  };
  return (
    <div className={styles.form}>
      <div className={styles.search}>
        <SearchField ref={field} name="Find an option" value={sought} onChange={seek} />
        <p className="muted" role="status">
          {explained.isFetching ? "finding out where values come from …" : ""}
        </p>
      </div>
      {isUnreadable(project.draft) && (
        <p className={styles.broken}>The file is not YAML now. Mend it at the right; then the form can change it.</p>
      )}
      {groups.map(([group, fields]) => (
        <section key={group} className={styles.group} aria-label={group}>
          <h2>{group}</h2>
          <div className={styles.fields}>
            {fields.map((each) => {
              const Line = YAML_ONLY.has(each.name) ? YamlOnly : OptionLine;
              return <Line key={each.name} field={each} project={project} onLine={onLine} />;
            })}
          </div>
        </section>
      ))}
      {groups.length === 0 && <p className={styles.none}>No option is about that.</p>}
    </div>
  );
}

interface LineProps {
  field: OptionField;
  project: ProjectDraft;
  onLine: GoTo;
}

function OptionLine({ field, project, onLine }: LineProps) {
  const { draft, set } = project;
  const value = valueAt(draft.config, field.name);
  const written = textOfValue(field, value);
  // What cannot be read as a value, or is on its way to the file, stays here; the file keeps the last one that could.
  const [typed, setTyped] = useState<{ text: string; over: string; isSent?: boolean } | null>(null);
  const isTyped = typed !== null && (typed.isSent || typed.over === written);
  const text = isTyped ? typed.text : written;
  const wrong = isTyped ? readText(field, text).mistake : undefined;
  const said = draft.mistakes.find(({ key }) => key === field.name || key.startsWith(`${field.name}.`));
  const type = async (now: string) => {
    const { value: read, mistake } = readText(field, now);
    if (mistake !== undefined) return setTyped({ text: now, over: written });
    // The text may be another than that of the value: "1." is 1.
    const sent = { text: now, over: textOfValue(field, read), isSent: true };
    setTyped(sent);
    await set(field.name, read);
    setTyped((was) => (was === sent ? { ...sent, isSent: false } : was));
  };
  const hint = typeof field.value === "boolean" ? ["no", "yes"][Number(field.value)] : textOfValue(field, field.value);
  const calledElsewhere = [field.name, field.flag, ...field.variables].filter(Boolean).join(", ");
  return (
    <Field
      label={<span title={calledElsewhere}>{field.label}</span>}
      note={<Origins field={field} draft={draft} onLine={onLine} />}
      error={wrong ?? said?.message}
      help={helpOf(field)}
    >
      {(control) => (
        <SettingInput
          setting={field}
          control={control}
          text={text}
          placeholder={(value === undefined && hint) || field.defaultHelp}
          disabled={isUnreadable(draft)}
          onChange={(now) => void type(now)}
        />
      )}
    </Field>
  );
}

/** Where a value comes from; a line of the file is shown by a click. */
function Origins({ field, draft, onLine }: { field: OptionField; draft: Draft; onLine: GoTo }) {
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
function YamlOnly({ field, project: { draft }, onLine }: LineProps) {
  const line = lineOfKey(draft.text, field.name);
  const value = valueAt(draft.config, field.name);
  const count = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  return (
    <div className={styles.yaml}>
      <div>
        <span className={styles.label}>{field.label}</span> <Origins field={field} draft={draft} onLine={onLine} />
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

interface YamlEditorProps {
  draft: Draft;
  onEdit: (text: string) => void;
  ref: Ref<GoTo>;
}

/** The file as text, with the numbers of its lines, and what is wrong beside the line that it is about. */
function YamlEditor({ draft: { text, mistakes }, onEdit, ref }: YamlEditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = text.split("\n");
  const wrong = new Map(mistakes.map(({ line, message }) => [line, message]));
  const goTo = (line: number) => {
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    const height = (area.current?.clientHeight ?? 0) / Math.max(1, lines.length);
    scroller.current?.scrollTo({ top: Math.max(0, (line - 4) * height) });
  };
  useImperativeHandle(ref, () => goTo);
  return (
    <div className={styles.editor}>
      <h2 className={styles.title}>scout.yaml</h2>
      {mistakes.length > 0 && (
        <div role="alert" aria-label="Mistakes">
          <ul className={styles.mistakes}>
            {mistakes.map(({ line, key, message }) => (
              <li key={`${line} ${key} ${message}`}>
                <button type="button" data-kind="plain" onClick={() => goTo(line ?? 1)}>
                  <Icon name="warning" size={12} />
                  <span>
                    line {line ?? 1}
                    {key !== "" && <code> {key}</code>}: {message}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <section ref={scroller} className={styles.scroller} aria-label="Text of the project file">
        <ol className={styles.numbers} aria-hidden="true">
          {lines.map((_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are the numbers of lines.
            <li key={at} data-wrong={wrong.has(at + 1) || undefined} title={wrong.get(at + 1)}>
              {wrong.has(at + 1) ? "! " : ""}
              {at + 1}
            </li>
          ))}
        </ol>
        <textarea
          ref={area}
          className={styles.text}
          aria-label="YAML of the project"
          aria-invalid={mistakes.length > 0 || undefined}
          value={text}
          rows={lines.length + 1}
          wrap="off"
          spellCheck={false}
          onChange={(event) => onEdit(event.target.value)}
        />
      </section>
    </div>
  );
}
