import { type ReactNode, useEffect } from "react";
import styles from "./place-header.module.css";

interface PlaceHeaderProps {
  title: string;
  /** Facts beside the title, in one line. */
  children?: ReactNode;
  /** What can be done here, at the right. */
  actions?: ReactNode;
}

/** The head of a place; its title is that of the window as well. */
export function PlaceHeader({ title, children, actions }: PlaceHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Scout`;
  }, [title]);
  return (
    <header className={styles.header}>
      <h1 title={title}>{title}</h1>
      <div className={styles.facts}>{children}</div>
      <div className={styles.actions}>{actions}</div>
    </header>
  );
}
