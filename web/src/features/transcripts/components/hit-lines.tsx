import { useContext, useState } from "react";
import type { TranscriptHit } from "../../../api/generated/types.gen.ts";
import { formatCount, formatCounted } from "../../../domain/format.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { excerptOf } from "../model/found.ts";
import { SoughtContext } from "../model/list-context.ts";
import styles from "./hit-lines.module.css";
import { TranscriptLink } from "./transcript-link.tsx";

const SHOWN = 3;
const MOST = 30;

/** Where the text was found in one transcript: each line leads to its message. */
export function HitLines({ id, hits }: { id: string; hits: readonly TranscriptHit[] }) {
  const [isAll, setAll] = useState(false);
  const shown = hits.slice(0, isAll ? MOST : SHOWN);
  const rest = hits.length - shown.length;
  return (
    <ul className={styles.hits}>
      {shown.map((hit) => (
        <li key={hit.number}>
          <HitLine id={id} hit={hit} />
        </li>
      ))}
      {rest > 0 && (
        <li>
          {isAll ? (
            <span className="muted">{formatCounted(rest, "message")} more: open the transcript to see all.</span>
          ) : (
            <button type="button" data-kind="link" onClick={() => setAll(true)}>
              {formatCounted(rest, "message")} more
            </button>
          )}
        </li>
      )}
    </ul>
  );
}

function HitLine({ id, hit }: { id: string; hit: TranscriptHit }) {
  const sought = useContext(SoughtContext);
  const { text, marks, cut } = excerptOf(hit);
  return (
    <TranscriptLink
      id={id}
      className={styles.hit}
      {...(sought === null ? {} : { hit: { message: hit.number, ...sought } })}
    >
      <span className={styles.number}>M{hit.number}</span>
      <span className={styles.text}>
        {cut.before && "... "}
        <InertText text={text} marks={marks} />
        {cut.after && " ..."}
      </span>
      {hit.count > 1 && <span className={styles.count}>{formatCount(hit.count)} times</span>}
    </TranscriptLink>
  );
}
