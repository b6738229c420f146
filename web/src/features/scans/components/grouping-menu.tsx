import { useState } from "react";
import { Field } from "../../../ui/field.tsx";
import { Popover } from "../../../ui/popover.tsx";
import styles from "./grouping-menu.module.css";

const USUAL = ["model", "task_set", "task_id", "score", "agent", "epoch", "label", "transcript_error"] as const;

interface GroupingMenuProps {
  by: string | undefined;
  onBy: (by: string | undefined) => void;
}

/** What the distribution is grouped by: a usual column, or any other, also a key of metadata. */
export function GroupingMenu({ by, onBy }: GroupingMenuProps) {
  const [typed, setTyped] = useState("");
  return (
    <Popover button={`Group: ${by ?? "none"}`} title="Group the distribution by a column">
      {(close) => {
        const choose = (next: string | undefined) => {
          close();
          onBy(next);
        };
        return (
          <div className={styles.menu}>
            {[undefined, ...USUAL].map((each) => (
              <button
                key={each ?? ""}
                type="button"
                data-kind="plain"
                aria-pressed={each === by}
                onClick={() => choose(each)}
              >
                {each ?? "none"}
              </button>
            ))}
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (typed.trim() !== "") choose(typed.trim());
              }}
            >
              <Field label="Another column, or a key of metadata">
                {(control) => (
                  <input
                    {...control}
                    type="text"
                    placeholder="transcript_metadata.difficulty"
                    value={typed}
                    onChange={(event) => setTyped(event.target.value)}
                  />
                )}
              </Field>
            </form>
          </div>
        );
      }}
    </Popover>
  );
}
