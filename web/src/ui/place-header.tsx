import { type ReactNode, useEffect } from "react";
import { inertWords } from "./content/inert.ts";
import { InertText } from "./content/inert-text.tsx";
import styles from "./place-header.module.css";

interface PlaceHeaderProps {
  /** Strangers may have written it. */
  title: string;
  /** Facts beside the title, in one line. */
  children?: ReactNode;
  /** What can be done here, at the right. */
  actions?: ReactNode;
}

/** The head of a place; its title is that of the window as well. */
export function PlaceHeader({ title, children, actions }: PlaceHeaderProps) {
  const words = inertWords(title);
  useEffect(() => {
    document.title = `${words} · Scout`;
  }, [words]);
  return (
    <header className={styles.header}>
      <h1 title={words}>
        <InertText text={title} />
      </h1>
      <div className={styles.facts}>{children}</div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}
