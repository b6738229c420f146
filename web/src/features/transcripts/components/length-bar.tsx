import { useContext } from "react";
import { formatCount } from "../../../domain/format.ts";
import { LongestContext } from "../model/list-context.ts";
import styles from "./length-bar.module.css";

/** How many messages there are, and how that compares with the longest; roots, so that short ones can be told apart. */
export function LengthBar({ count }: { count: unknown }) {
  const longest = useContext(LongestContext);
  if (count === undefined) return null;
  if (typeof count !== "number") return <span className="muted">-</span>;
  const share = longest > 0 ? Math.sqrt(Math.min(1, count / longest)) : 0;
  return (
    <span className={styles.length}>
      <span className={styles.count}>{formatCount(count)}</span>
      <span className={styles.bar} style={{ width: `${Math.max(1, Math.round(share * 56))}px` }} />
    </span>
  );
}
