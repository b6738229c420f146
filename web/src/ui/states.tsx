/** What is said about what is shown: that it is not there, that it failed, how to do it in a terminal, what has happened. */

import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { InertText } from "./content/inert-text.tsx";
import { Icon, IconButton } from "./drawings.tsx";
import { Popover } from "./floating.tsx";
import styles from "./states.module.css";
import { dismiss, onToasts, shownToasts, type Toast } from "./toast.ts";

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

interface CopyButtonProps {
  /** What is copied; a function is asked when it is wanted. */
  text: string | (() => string | Promise<string>);
  /** What it is, for its name: "the command". */
  what: string;
  /** Whether the words stand beside the icon. */
  named?: boolean;
}

const COPIED_MS = 1500;

export function CopyButton({ text, what, named = false }: CopyButtonProps) {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready");
  useEffect(() => {
    if (state === "ready") return;
    const shown = setTimeout(() => setState("ready"), COPIED_MS);
    return () => clearTimeout(shown);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : await text());
      setState("copied");
    } catch {
      setState("refused");
    }
  };
  const words = { ready: `Copy ${what}`, copied: "Copied", refused: "Could not be copied" }[state];
  return (
    <button type="button" data-kind={named ? undefined : "plain"} title={words} aria-label={words} onClick={copy}>
      <Icon name={state === "copied" ? "check" : state === "refused" ? "warning" : "copy"} />
      {named && words}
    </button>
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

/** What does the same as this screen or action, in a terminal or in Python, to be copied. */
export function AsCommand({ commands }: { commands: readonly { name: string; command: string }[] }) {
  return (
    <Popover button="as command" title="What does the same in a terminal or in Python">
      {() => (
        <div className={styles.commands}>
          {commands.map(({ name, command }) => (
            <section key={name}>
              <h3>{name}</h3>
              <CommandLine command={command} />
            </section>
          ))}
        </div>
      )}
    </Popover>
  );
}

const TOAST_MS = 6000;

/** Where toasts are shown: once on the page. */
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
    const shown = setTimeout(() => dismiss(id), TOAST_MS);
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
      <IconButton name="Close" icon="close" size={12} onClick={() => dismiss(id)} />
    </div>
  );
}
