import { useId, useState } from "react";
import { CopyButton } from "../../../ui/copy-button.tsx";
import { Icon } from "../../../ui/icon.tsx";
import { joinConditions, splitCondition } from "../model/conditions.ts";
import styles from "./sql-box.module.css";

interface SqlBoxProps {
  where: readonly string[];
  refusal: string | null;
  onApply: (where: string[]) => void;
  onClose: () => void;
}

/** Conditions as SQL, to be changed at will: each that is joined by AND is a filter of its own. */
export function SqlBox({ where, refusal, onApply, onClose }: SqlBoxProps) {
  const id = useId();
  const written = joinConditions(where);
  const [draft, setDraft] = useState(written);
  const [was, setWas] = useState(written);
  if (was !== written) {
    setWas(written);
    setDraft(written);
  }
  return (
    <div className={styles.box}>
      <textarea
        aria-label="Filters as SQL"
        aria-invalid={refusal === null ? undefined : true}
        aria-describedby={refusal === null ? undefined : id}
        className="mono"
        spellCheck={false}
        rows={Math.min(8, Math.max(2, draft.split("\n").length))}
        placeholder="model = 'name' AND message_count > 100"
        value={draft}
        // biome-ignore lint/a11y/noAutofocus: it was just opened to be written in.
        autoFocus
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            onApply(splitCondition(draft));
          }
          if (event.key === "Escape") onClose();
        }}
      />
      <div className={styles.actions}>
        <button
          type="button"
          data-kind="primary"
          disabled={draft === written && refusal === null}
          onClick={() => onApply(splitCondition(draft))}
        >
          Apply <kbd>Enter</kbd>
        </button>
        <CopyButton text={draft} what="the SQL" />
      </div>
      {refusal !== null && (
        <p id={id} role="alert" className={styles.refusal}>
          <Icon name="warning" size={14} /> {refusal}
        </p>
      )}
    </div>
  );
}
