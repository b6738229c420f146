import { useQuery } from "@tanstack/react-query";
// biome-ignore lint/suspicious/noDeprecatedImports: one of its signatures is, and not the one that is used here.
import { useBlocker } from "@tanstack/react-router";
import { ask } from "../../../api/ask.ts";
import type { ProjectItem } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { Icon } from "../../../ui/drawings.tsx";
import { ConfirmDialog, Dialog } from "../../../ui/floating.tsx";
import { useKeys } from "../../../ui/keyboard.ts";
import { PlaceHeader } from "../../../ui/layout.tsx";
import { AsCommand, CopyButton, EmptyState, ErrorState, Skeleton } from "../../../ui/states.tsx";
import { ProjectEditors } from "./project-editors.tsx";
import styles from "./project-place.module.css";
import { type ProjectDraft, useProjectDraft } from "./use-project-draft.ts";

const COMMANDS = [
  { name: "The settings, and where they come from", command: "scout info config --explain" },
  { name: "What the file may hold", command: "scout info schema project" },
];

export function ProjectPlace() {
  const { data, error, refetch } = useQuery(ask("/project"));
  if (data !== undefined) return <Project key={data.path} file={data} />;
  return (
    <div className={styles.place}>
      <PlaceHeader title="Project" />
      {error !== null ? (
        <ErrorState error={error} title="There is no project to show." onRetry={() => void refetch()} />
      ) : (
        <Skeleton label="Reading the project" />
      )}
    </div>
  );
}

function Project({ file }: { file: ProjectItem }) {
  const project = useProjectDraft(file);
  const { draft, isEdited, isSaving, error, save, reload } = project;
  useKeys("Project", [
    { keys: "Mod+s", label: "Save the project", run: save },
    ...(isEdited ? [{ label: "Drop the changes of the project", run: () => void reload() }] : []),
  ]);
  const isNew = !file.exists && draft.text === "";
  return (
    <div className={styles.place}>
      <PlaceHeader
        title="Project"
        actions={
          <>
            <AsCommand commands={COMMANDS} />
            {!isNew && <CopyButton text={draft.text} what="the YAML" />}
            <button type="button" disabled={!isEdited} onClick={reload}>
              Drop changes
            </button>
            <button
              type="button"
              data-kind="primary"
              disabled={!isEdited || isSaving}
              title="Save (Ctrl S)"
              onClick={save}
            >
              Save
            </button>
          </>
        }
      >
        <span className="mono">{file.path}</span>
        {isEdited && <strong role="status">edited</strong>}
      </PlaceHeader>
      {error !== null && !project.isStale && (
        <p className={styles.refused} role="alert">
          <Icon name="warning" size={14} /> Not saved.{" "}
          {draft.mistakes.length === 0
            ? error.message
            : `The file has ${formatCounted(draft.mistakes.length, "mistake")}, which stand above the YAML.`}
        </p>
      )}
      {isNew ? <NoProject path={file.path} onBegin={project.edit} /> : <ProjectEditors project={project} />}
      {project.isStale && <Conflict project={project} theirs={file} />}
      <Leaving project={project} />
    </div>
  );
}

/** What a project is, what the command would write, and the first file of it to begin with. */
function NoProject({ path, onBegin }: { path: string; onBegin: (text: string) => void }) {
  const { data } = useQuery(ask("/project/new"));
  const suggested = data?.items.find(({ name }) => name === "scout.yaml");
  return (
    <div className={styles.page}>
      <EmptyState title="There is no project here yet" command="scout init">
        A project is a file, scout.yaml, with what all scans of a folder share: where transcripts are, where scans are
        kept, which model is asked. Without it, the defaults hold. In the folder of {path}, the command would write:
      </EmptyState>
      <div className={styles.files}>
        {data?.items.map(({ name, text, exists }) => (
          <details key={name}>
            <summary>
              <span className="mono">{name}</span>{" "}
              <span className="muted">{exists ? "is there already, and stays as it is" : "would be written"}</span>
            </summary>
            <pre>{text}</pre>
          </details>
        ))}
        {suggested !== undefined && (
          <button type="button" data-kind="primary" onClick={() => onBegin(suggested.text)}>
            Begin with this scout.yaml
          </button>
        )}
      </div>
    </div>
  );
}

/** Two texts of one file: whoever edits decides which one stays. Nothing is lost by closing this. */
function Conflict({ project, theirs }: { project: ProjectDraft; theirs: ProjectItem }) {
  return (
    <Dialog
      wide
      title="The file was changed by somebody else"
      onClose={project.dismiss}
      actions={
        <>
          <button type="button" onClick={project.reload}>
            Take theirs
          </button>
          <button type="button" data-kind="danger" onClick={project.force}>
            Write mine over it
          </button>
        </>
      }
    >
      <p>
        {theirs.path} is not what it was when you began. Take theirs drops your changes; write mine drops theirs. To
        bring both together, copy yours, take theirs, and edit again.
      </p>
      <div className={styles.both}>
        <section aria-label="Mine">
          <h3>Mine</h3>
          <textarea readOnly aria-label="My text" className="mono" rows={16} value={project.draft.text} />
        </section>
        <section aria-label="Theirs">
          <h3>Theirs</h3>
          <textarea readOnly aria-label="Their text" className="mono" rows={16} value={theirs.text} />
        </section>
      </div>
    </Dialog>
  );
}

/** Asks who leaves with edits; closing the tab is asked about by the browser. */
function Leaving({ project: { isEdited, forget } }: { project: ProjectDraft }) {
  const blocked = useBlocker({
    shouldBlockFn: ({ current, next }) => isEdited && current.pathname !== next.pathname,
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (blocked.status !== "blocked") return null;
  const leave = () => {
    forget();
    blocked.proceed();
  };
  return (
    <ConfirmDialog
      title="Leave without saving?"
      keep="Stay"
      action="Drop the changes"
      onConfirm={leave}
      onClose={blocked.reset}
    >
      <p>The project was edited and is not saved.</p>
    </ConfirmDialog>
  );
}
