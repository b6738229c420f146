import type { ProjectItem } from "../../../api/generated/types.gen.ts";
import { Dialog } from "../../../ui/dialog.tsx";
import styles from "./conflict.module.css";
import type { ProjectDraft } from "./use-project-draft.ts";

/** Two texts of one file: whoever edits decides which one stays. Nothing is lost by closing this. */
export function Conflict({ project, theirs }: { project: ProjectDraft; theirs: ProjectItem }) {
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
