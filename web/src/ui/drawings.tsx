/** Small drawings. Icons stand beside a name, so that readers of the screen do not hear them; all others have words. */

import { type ReactNode, useEffect, useState } from "react";
import { formatAgo, formatInterval, formatTime } from "../domain/format.ts";
import type { Verdict } from "../domain/values.ts";
import styles from "./drawings.module.css";
import { shownKeys } from "./keyboard.ts";

/** Of 16 by 16. */
const PATHS = {
  transcripts: "M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3",
  scans: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5.7a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6",
  compare: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9zM4.8 6v4M11.2 5v6",
  labels: "M2.5 8.5 6 12l7.5-8",
  run: "M4.5 2.5v11l8.5-5.5z",
  project:
    "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  check: "M3 8.5 6.5 12 13 4.5",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4l-4 4 4 4",
  up: "M4 10l4-4 4 4",
  terminal: "M2.5 3.5 6.5 8l-4 4.5M8 12.5h5.5",
  find: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4 14 14",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  filter: "M2 3.5h12L9.5 9v4L6.5 11.5V9z",
  theme: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
  flag: "M4 14V2.5h8L10 5.5l2 3H4",
  warning: "M8 2.5 14 13.5H2zM8 6.5v3.5M8 11.5v.8",
  more: "M3 8h.01M8 8h.01M13 8h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that shows no words. */
export function IconButton(props: { name: string; icon: IconName; size?: number; onClick: () => void }) {
  const { name, icon, size = 16, onClick } = props;
  return (
    <button type="button" data-kind="plain" aria-label={name} title={name} onClick={onClick}>
      <Icon name={icon} size={size} />
    </button>
  );
}

/** Keys as they are written on them: `<Keys keys="g g" />`. */
export function Keys({ keys }: { keys: string }) {
  return shownKeys(keys.split(" ")).map((key, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a sequence may hold a key twice, and never changes.
    <kbd key={at}>{key}</kbd>
  ));
}

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
  const fact = onClick && (
    <button type="button" onClick={onClick}>
      {children}
    </button>
  );
  return (
    <span className={styles.chip} data-tone={tone} title={title}>
      {fact ?? <span>{children}</span>}
      {onRemove !== undefined && (
        <button type="button" aria-label={removeName} title={removeName} onClick={onRemove}>
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  );
}

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
    <div role="img" aria-label={formatInterval(share, low, high)} className={styles.rate}>
      <div className={styles.share} style={{ width: percent(share), background: colour }} />
      <div className={styles.interval} style={{ left: percent(low), width: percent(high - low) }} />
    </div>
  );
}

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
  const share = (count: number) => `${total ? (100 * count) / total : 0}%`;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total === null ? undefined : done}
      className={styles.progress}
      data-unknown={total === null || undefined}
    >
      <div className={styles.done} style={{ width: share(done - failed) }} />
      <div className={styles.failed} style={{ width: share(failed) }} />
    </div>
  );
}

interface VerdictDotProps {
  verdict: Verdict;
  /** A colour of the tokens: that of the scanner. */
  colour?: string;
  /** Said to who does not see it; leave it out where words stand beside it. */
  label?: string;
}

/** What a scanner said, by shape and colour: a full dot, a ring, a dashed ring, a square. */
export function VerdictDot({ verdict, colour = "var(--accent)", label }: VerdictDotProps) {
  const named = label === undefined ? { "aria-hidden": true } : { role: "img", "aria-label": label, title: label };
  return <span {...named} className={styles.dot} data-verdict={verdict} style={{ color: colour }} />;
}

const MINUTE_MS = 60_000;

/** How long ago something was, kept true; the time itself is its title. */
export function RelativeTime({ iso }: { iso: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(ticking);
  }, []);
  return (
    <time dateTime={iso} title={formatTime(iso)}>
      {formatAgo(iso, now)}
    </time>
  );
}
