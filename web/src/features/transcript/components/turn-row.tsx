import { Link } from "@tanstack/react-router";
import { memo, useMemo } from "react";
import type { MessageItem } from "../../../api/generated/types.gen.ts";
import { scannerKey } from "../../../domain/citations.ts";
import { formatDuration, formatRough } from "../../../domain/format.ts";
import { type Block, turnOf } from "../../../domain/turns.ts";
import { InertText } from "../../../ui/content/inert-text.tsx";
import { Icon } from "../../../ui/drawings.tsx";
import { useMessageText } from "../model/messages.ts";
import { marksOf, useReading, useTranscript } from "../model/reading.ts";
import { AgentCard } from "./agent-card.tsx";
import { CallCard, type CallProps } from "./call-card.tsx";
import { MediaView, SpokenBlock } from "./spoken-block.tsx";
import styles from "./turn-row.module.css";

interface TurnProps {
  message: MessageItem;
  /** The results of its calls, as far as they are loaded, in the order of the calls. */
  results: readonly (MessageItem | undefined)[];
  /** What the file held that it writes, where that is known. */
  before: string | undefined;
}

const LINES: Readonly<Record<string, number>> = { system: 4, thought: 14, tool: 12 };
const PROSE_LINES = 40;

/** A message in the reading column, with the results of its calls. */
export const TurnRow = memo(function TurnRow({ message, results, before }: TurnProps) {
  const view = useTranscript();
  const text = useMessageText(message);
  const turn = useMemo(() => {
    const lookup = (number: number) => results.find((result) => result?.number === number);
    return turnOf(text.message, lookup, text.from);
  }, [text.message, text.from, results]);
  const marks = marksOf(view, "message", message.number, text.message.text, text.from);
  const isCurrent = useReading(view.reading, (state) => state.current === message.number);
  const { seconds, tokens } = message;
  const taken = [seconds != null && formatDuration(seconds), tokens != null && `${formatRough(tokens)} tokens`];
  return (
    <article
      className={styles.turn}
      data-message={message.number}
      data-role={message.role}
      aria-current={isCurrent || undefined}
      aria-label={`Message ${message.number}, ${message.who}`}
    >
      <Gutter message={message} />
      <div className={styles.body}>
        <div className={styles.who}>
          <InertText text={message.who} />
          <span className={styles.taken}>{taken.filter(Boolean).join(" · ")}</span>
          {turn.failed && <span className={styles.failed}>failed</span>}
        </div>
        {turn.blocks.map((block) => (
          <BlockView key={block.part} {...{ block, part: block.part, text, marks, before }} role={message.role} />
        ))}
        {turn.blocks.length === 0 ? <p className={styles.remark}>This message is empty.</p> : null}
      </div>
    </article>
  );
}, isSame);

function isSame(before: TurnProps, now: TurnProps): boolean {
  return (
    before.message === now.message &&
    before.before === now.before &&
    before.results.length === now.results.length &&
    before.results.every((result, at) => result === now.results[at])
  );
}

function BlockView({ block, role, before, ...shown }: Omit<CallProps, "block"> & { block: Block; role: string }) {
  if (block.kind === "media") return <MediaView media={block.media} />;
  if (block.kind === "call") {
    if (block.call.agent != null) return <AgentCard block={block} {...shown} />;
    return <CallCard block={block} before={before} {...shown} />;
  }
  const lines = LINES[block.kind] ?? LINES[role] ?? PROSE_LINES;
  return <SpokenBlock block={block} lines={lines} as={role === "tool" ? "output" : "prose"} {...shown} />;
}

/** The number of the message, which is its link, and who cites it. */
function Gutter({ message: { number } }: { message: MessageItem }) {
  const { cited, colours } = useTranscript();
  const scanners = new Map(cited.get(number)?.map((one) => [scannerKey(one.scan, one.scanner), one.scanner]));
  return (
    <div className={styles.gutter}>
      <Link
        to="."
        search={(before: object) => ({ ...before, message: number })}
        replace
        className={styles.number}
        title="Link to this message"
      >
        M{number}
      </Link>
      {[...scanners].map(([key, name]) => (
        <span key={key} className={styles.flag} data-colour={colours.get(key)} title={`Cited by ${name}`}>
          <Icon name="flag" size={12} />
        </span>
      ))}
    </div>
  );
}
