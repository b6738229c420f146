import { useEffect, useSyncExternalStore } from "react";
import { InertText } from "./content/inert-text.tsx";
import { Icon } from "./icon.tsx";
import { dismiss, onToasts, shownToasts, type Toast } from "./toast.ts";
import styles from "./toasts.module.css";

const SHOWN_MS = 6000;

/** Where they are shown: once on the page. */
export function Toasts() {
  const shown = useSyncExternalStore(onToasts, shownToasts);
  return (
    <div role="status" className={styles.toasts}>
      {shown.map((each) => (
        <ToastLine key={each.id} toast={each} />
      ))}
    </div>
  );
}

function ToastLine({ toast: { id, words, tone, action } }: { toast: Toast }) {
  useEffect(() => {
    if (tone === "error") return;
    const shown = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(shown);
  }, [id, tone]);
  return (
    <div className={styles.toast} data-tone={tone}>
      {tone === "error" && <Icon name="warning" />}
      <span>
        <InertText text={words} />
      </span>
      {action !== undefined && (
        <button
          type="button"
          onClick={() => {
            dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" data-kind="plain" aria-label="Close" onClick={() => dismiss(id)}>
        <Icon name="close" size={12} />
      </button>
    </div>
  );
}
