import styles from "./progress.module.css";

interface ProgressProps {
  /** What goes on. */
  label: string;
  done: number;
  /** Null: not known. */
  total: number | null;
  /** Part of what is done that failed. */
  failed?: number;
}

/** A bar as wide as what holds it; the numbers stand beside it, in words of the place. */
export function Progress({ label, done, total, failed = 0 }: ProgressProps) {
  const share = (count: number) => `${total === null || total === 0 ? 0 : (100 * count) / total}%`;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total === null ? undefined : done}
      className={styles.bar}
      data-unknown={total === null || undefined}
    >
      <div className={styles.done} style={{ width: share(done - failed) }} />
      <div className={styles.failed} style={{ width: share(failed) }} />
    </div>
  );
}
