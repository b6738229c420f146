import { formatInterval } from "../domain/format.ts";
import styles from "./interval-bar.module.css";

interface IntervalBarProps {
  /** From 0 to 1. */
  share: number;
  low: number;
  high: number;
  /** A colour of the tokens: `var(--s1)`. */
  colour?: string;
}

/** A rate as a bar, with its interval as whiskers; both are boxes, so that nothing is stretched with the width. */
export function IntervalBar({ share, low, high, colour = "var(--accent)" }: IntervalBarProps) {
  const percent = (value: number) => `${100 * Math.min(1, Math.max(0, value))}%`;
  return (
    <div role="img" aria-label={formatInterval(share, low, high)} className={styles.bar}>
      <div className={styles.share} style={{ width: percent(share), background: colour }} />
      <div className={styles.interval} style={{ left: percent(low), width: percent(high - low) }} />
    </div>
  );
}
