/** What stands where there is nothing to show: because there is nothing, because it failed, because it is not there yet. */

import { type ReactNode, useEffect, useState } from "react";
import { InertText } from "./content/inert-text.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";
import styles from "./states.module.css";

interface EmptyStateProps {
  /** What is not there: "No scans yet". */
  title: string;
  children?: ReactNode;
  /** What to type next. */
  command?: string;
}

export function EmptyState({ title, children, command }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <h2>{title}</h2>
      {children !== undefined && <div className={styles.words}>{children}</div>}
      {command !== undefined && <CommandLine command={command} />}
    </div>
  );
}

/** A command that can be copied. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className={styles.command}>
      <code>{command}</code>
      <CopyButton text={command} what="the command" />
    </div>
  );
}

interface ErrorStateProps {
  error: Error;
  /** What could not be done: "The scans could not be listed." */
  title?: string;
  onRetry?: () => void;
}

export function ErrorState({ error, title = "This could not be shown.", onRetry }: ErrorStateProps) {
  return (
    <div className={styles.state} role="alert">
      <h2 className={styles.failed}>
        <Icon name="warning" /> {title}
      </h2>
      <p className={styles.words}>
        <InertText text={error.message} />
      </p>
      <div className={styles.actions}>
        {onRetry !== undefined && (
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        )}
        <CopyButton text={detailsOf(error)} what="the details" named />
      </div>
    </div>
  );
}

function detailsOf(error: Error): string {
  return [`${error.name}: ${error.message}`, `At ${location.hash}`, navigator.userAgent, error.stack ?? ""].join("\n");
}

const PATIENCE_MS = 150;

/** Lines that stand for what is loading, once it has taken long enough to be noticed. */
export function Skeleton({ lines = 8, label = "Loading" }: { lines?: number; label?: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const waiting = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(waiting);
  }, []);
  if (!isLate) return <div aria-busy="true" />;
  return (
    <div className={styles.skeleton} role="status" aria-busy="true">
      <span className="unseen">{label}</span>
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike.
        <div key={at} style={{ width: `${90 - ((at * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
