import type { EventItem } from "../../../api/generated/types.gen.ts";
import { formatRough } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import styles from "./compaction-line.module.css";

/** Where the conversation was compacted, and what that dropped. */
export function CompactionLine({ event }: { event: EventItem }) {
  const { kind, tokens_before: before, tokens_after: after, source } = event.compaction ?? {};
  const dropped = before != null && after != null ? before - after : null;
  return (
    <p className={styles.line}>
      <span>
        compacted{kind == null ? "" : ` by ${kind}`}
        {source == null ? null : (
          <>
            {" "}
            (<InertText text={source} />)
          </>
        )}
        {dropped === null ? "" : `: ${formatRough(dropped)} of ${formatRough(before ?? 0)} tokens dropped`}
      </span>
    </p>
  );
}
