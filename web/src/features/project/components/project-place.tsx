import { useQuery } from "@tanstack/react-query";
// biome-ignore lint/suspicious/noDeprecatedImports: one of its signatures is, and not the one that is used here.
import { useBlocker } from "@tanstack/react-router";
import { useRef } from "react";
import type { ProjectItem } from "../../../api/generated/types.gen.ts";
import { formatCounted } from "../../../domain/format.ts";
import { AsCommand } from "../../../ui/as-command.tsx";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { Dialog } from "../../../ui/dialog.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { useKeys } from "../../../ui/keyboard/use-keys.ts";
import { PlaceHeader } from "../../../ui/place-header.tsx";
import { SplitPane } from "../../../ui/split-pane.tsx";
import { ErrorState, Skeleton } from "../../../ui/states.tsx";
import { projectFileQuery } from "../api/project-file.ts";
import { Conflict } from "./conflict.tsx";
import { NoProject } from "./no-project.tsx";
import { ProjectForm } from "./project-form.tsx";
import styles from "./project-place.module.css";
import { dropKeptDraft, type ProjectDraft, useProjectDraft } from "./use-project-draft.ts";
import { YamlEditor, type YamlEditorHandle } from "./yaml-editor.tsx";

const COMMANDS = [
  { name: "The settings, and where they come from", command: "scout info config --explain" },
  { name: "What the file may hold", command: "scout info schema project" },
];

export function ProjectPlace() {
  const { data, error, refetch } = useQuery(projectFileQuery);
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
  const { draft, isEdited, isSaving } = project;
  useKeys("Project", [
    { keys: "Mod+s", label: "Save the project", run: project.save },
    ...(isEdited ? [{ label: "Drop the changes of the project", run: project.reload }] : []),
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
            <button type="button" disabled={!isEdited} onClick={project.reload}>
              Drop changes
            </button>
            <button
              type="button"
              data-kind="primary"
              disabled={!isEdited || isSaving}
              title="Save (Ctrl S)"
              onClick={project.save}
            >
              Save
            </button>
          </>
        }
      >
        <span className="mono">{file.path}</span>
        {isEdited && <strong role="status">edited</strong>}
      </PlaceHeader>
      {project.error !== null && !project.isStale && (
        <p className={styles.refused} role="alert">
          <Icon name="warning" size={14} /> Not saved. {told(project)}
        </p>
      )}
      {isNew ? <NoProject path={file.path} onBegin={project.edit} /> : <Panes project={project} />}
      {project.isStale && <Conflict project={project} theirs={file} />}
      <Leaving isEdited={isEdited} />
    </div>
  );
}

/** The mistakes themselves stand beside the YAML. */
function told({ draft, error }: ProjectDraft): string {
  if (draft.mistakes.length === 0) return error?.message ?? "";
  return `The file has ${formatCounted(draft.mistakes.length, "mistake")}, which stand above the YAML.`;
}

function Panes({ project }: { project: ProjectDraft }) {
  const editor = useRef<YamlEditorHandle>(null);
  return (
    <div className={styles.panes}>
      <SplitPane
        name="project-yaml"
        label="YAML"
        side="end"
        width={480}
        min={280}
        pane={<YamlEditor ref={editor} draft={project.draft} onEdit={project.edit} />}
      >
        <ProjectForm project={project} onLine={(line) => editor.current?.goTo(line)} />
      </SplitPane>
    </div>
  );
}

/** Asks who leaves with edits; closing the tab is asked about by the browser. */
function Leaving({ isEdited }: { isEdited: boolean }) {
  const blocked = useBlocker({
    shouldBlockFn: ({ current, next }) => isEdited && current.pathname !== next.pathname,
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (blocked.status !== "blocked") return null;
  return (
    <Dialog
      title="Leave without saving?"
      onClose={blocked.reset}
      actions={
        <>
          <button type="button" onClick={blocked.reset}>
            Stay
          </button>
          <button
            type="button"
            data-kind="danger"
            onClick={() => {
              dropKeptDraft();
              blocked.proceed();
            }}
          >
            Drop the changes
          </button>
        </>
      }
    >
      <p>The project was edited and is not saved.</p>
    </Dialog>
  );
}
