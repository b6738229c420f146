import type { ReactNode } from "react";
import styles from "./chip.module.css";
import { Icon } from "./icon.tsx";

interface ChipProps {
  children: ReactNode;
  tone?: "error" | "warn" | "good" | "accent";
  title?: string;
  /** Makes it a button. */
  onClick?: () => void;
  /** Adds a button that takes it away, called so. */
  onRemove?: () => void;
  removeName?: string;
}

/** A short fact in a rounded frame: a model, a filter. */
export function Chip({ children, tone, title, onClick, onRemove, removeName = "Remove" }: ChipProps) {
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      {onClick === undefined ? (
        children
      ) : (
        <button type="button" onClick={onClick}>
          {children}
        </button>
      )}
      {onRemove !== undefined && (
        <button type="button" aria-label={removeName} title={removeName} onClick={onRemove}>
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  );
}
