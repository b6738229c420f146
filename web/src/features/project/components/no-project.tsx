import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../ui/states.tsx";
import { newProjectQuery } from "../api/project-file.ts";
import styles from "./no-project.module.css";

interface NoProjectProps {
  path: string;
  /** Begin a project file with a text. */
  onBegin: (text: string) => void;
}

/** What a project is, what the command would write, and the first file of it to begin with. */
export function NoProject({ path, onBegin }: NoProjectProps) {
  const { data } = useQuery(newProjectQuery);
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
