import styles from "./verdict-dot.module.css";

type Verdict = "positive" | "negative" | "none" | "error";

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
